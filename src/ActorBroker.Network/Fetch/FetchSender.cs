using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Connections;
using ActorBroker.Network.Files;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>
/// Streams a fetch response: the written bytes and, at their marks, the slices. Memory goes out as it lies, many pieces in one call; files
/// pass through one pooled buffer, small enough that the bytes are still in the processor's cache when they are sent. At no time is more of
/// a response in memory than that buffer. Slices are released when the response is out, or has failed.
/// </summary>
internal sealed class FetchSender(Connection connection)
{
    private const int MaxPieces = 64;
    private const long MaxPieceBytes = 1024 * 1024;

    private readonly List<ArraySegment<byte>> _pieces = [];
    private long _pieceBytes;
    private LeasedBuffer? _chunk;
    private int _chunkUsed;
    private ReadJob? _coldRead;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(WireWriter writer, List<FetchMark> marks, List<ReadSlice> slices)
    {
        try
        {
            var position = 0;
            foreach (var mark in marks)
            {
                Add(Segment(writer.WrittenMemory[position..mark.Position]));
                position = mark.Position;
                for (var i = mark.FirstSlice; i < mark.FirstSlice + mark.SliceCount; i++)
                {
                    var slice = slices[i];
                    if (slice.Buffer is not null) Add(new ArraySegment<byte>(slice.Buffer.Array, (int)slice.Position, slice.Length));
                    else await AddFileAsync(slice).ConfigureAwait(false);
                    if (_pieces.Count >= MaxPieces || _pieceBytes >= MaxPieceBytes) await FlushAsync().ConfigureAwait(false);
                }
            }

            Add(Segment(writer.WrittenMemory[position..]));
            await FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (var slice in slices) slice.Release();
            _chunk?.Release();
            _chunk = null;
            _chunkUsed = 0;
            _pieces.Clear();
            _pieceBytes = 0;
        }
    }

    private static ArraySegment<byte> Segment(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment)
            ? segment
            : throw new InvalidOperationException("The writer's bytes lie in no array.");

    private void Add(ArraySegment<byte> piece)
    {
        if (piece.Count == 0) return;
        _pieces.Add(piece);
        _pieceBytes += piece.Count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AddFileAsync(ReadSlice slice)
    {
        for (var done = 0; done < slice.Length;)
        {
            _chunk ??= connection.Services.Pool.Rent(Math.Min(connection.Services.Settings.FileChunkBytes, slice.Length));
            if (_chunkUsed == _chunk.Capacity) await RenewChunkAsync().ConfigureAwait(false);
            var wanted = Math.Min(_chunk!.Capacity - _chunkUsed, slice.Length - done);
            var target = _chunk.Array.AsMemory(_chunkUsed, wanted);
            var count = await ReadAsync(slice.File!, slice.Position + done, target).ConfigureAwait(false);
            if (count <= 0) throw new IOException($"A segment ends {slice.Length - done} bytes before the end of a planned read.");
            Add(new ArraySegment<byte>(_chunk.Array, _chunkUsed, count));
            _chunkUsed += count;
            done += count;
        }
    }

    /// <summary>Sends what the full buffer holds; its next use may be larger, for the first slice may have been a small one.</summary>
    private async ValueTask RenewChunkAsync()
    {
        await FlushAsync().ConfigureAwait(false);
        if (_chunk!.Capacity >= connection.Services.Settings.FileChunkBytes) return;
        _chunk.Release();
        _chunk = null;
        _chunk = connection.Services.Pool.Rent(connection.Services.Settings.FileChunkBytes);
    }

    private ValueTask<int> ReadAsync(IFileLease file, long position, Memory<byte> target)
    {
        var count = CachedRead.TryRead(file.Handle, target.Span, position);
        if (count >= 0) return new ValueTask<int>(count);
        connection.Services.Metrics.ColdRead();
        return (_coldRead ??= new ReadJob()).Start(connection.Services.ReadPool, file.Handle, target, position);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync()
    {
        if (_pieces.Count == 0) return;
        var sent = Math.Max(0, _pieces.Count == 1 ? connection.Transport.TrySend(_pieces[0]) : connection.Transport.TrySend(_pieces));
        connection.Services.Metrics.Sent(sent);
        for (var i = 0; sent < _pieceBytes && i < _pieces.Count; i++)
        {
            var piece = _pieces[i];
            if (sent >= piece.Count)
            {
                sent -= piece.Count;
                _pieceBytes -= piece.Count;
                continue;
            }

            _pieceBytes -= piece.Count;
            await connection.SendPatientlyAsync(piece.AsMemory(sent)).ConfigureAwait(false);
            sent = 0;
        }

        _pieces.Clear();
        _pieceBytes = 0;
        _chunkUsed = 0;
    }
}
