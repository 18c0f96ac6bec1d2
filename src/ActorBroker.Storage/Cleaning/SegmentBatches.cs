using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Files;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Cleaning;

/// <summary>Reads the batches of a complete segment whole and checks each one's CRC: what the cleaner writes again must be right.</summary>
internal sealed class SegmentBatches(LogSegment segment, StorageFile file, long from) : IDisposable
{
    private byte[] _block = System.Buffers.ArrayPool<byte>.Shared.Rent(1 << 20);
    private long _blockStart;
    private int _held;
    private long _position = from;
    private int _size;

    public long Position => _position;
    public ReadOnlySpan<byte> Current => _block.AsSpan((int)(_position - _blockStart), _size);

    /// <exception cref="LogCorruptException">A batch is damaged.</exception>
    public bool MoveNext()
    {
        _position += _size;
        _size = 0;
        var left = segment.Size - _position;
        if (left <= 0) return false;
        Hold((int)Math.Min(RecordBatchLayout.HeaderSize, left));
        var view = new RecordBatchView(_block.AsSpan((int)(_position - _blockStart)));
        var size = (long)view.BatchLength + RecordBatchLayout.LogOverhead;
        if (left < RecordBatchLayout.HeaderSize || view.Magic != RecordBatchLayout.CurrentMagic || size < RecordBatchLayout.HeaderSize || size > left)
            throw segment.Corrupt(_position, "no batch where one should be");
        Hold((int)size);
        _size = (int)size;
        if (!new RecordBatchView(Current).IsCrcValid) throw segment.Corrupt(_position, "CRC differs");
        return true;
    }

    public void Dispose()
    {
        System.Buffers.ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    private void Hold(int bytes)
    {
        if (_position >= _blockStart && _position + bytes <= _blockStart + _held) return;
        if (bytes > _block.Length)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(_block);
            _block = System.Buffers.ArrayPool<byte>.Shared.Rent(bytes);
        }
        _blockStart = _position;
        _held = file.Read(_block.AsSpan(0, (int)Math.Min(_block.Length, segment.Size - _position)), _position);
        if (_held < bytes) throw segment.Corrupt(_position, "the file is shorter than its segment");
    }
}
