using System.Buffers;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Actors.Groups;

/// <summary>
/// Reads a partition of <c>__consumer_offsets</c> from its start to its end, in bounded chunks and off every actor's thread, and makes its
/// groups again. To the end of the log, not to the high watermark: what a new leader has will be committed before anything that it writes.
/// </summary>
internal static class GroupLoader
{
    public static GroupReplay Load(IPartition partition, GroupSettings settings, CancellationToken cancel)
    {
        var replay = new GroupReplay(settings);
        var view = partition.View;
        var offset = view.LogStartOffset;
        var end = view.LogEndOffset;
        var slices = new List<ReadSlice>();
        while (offset < end)
        {
            cancel.ThrowIfCancellationRequested();
            slices.Clear();
            var planned = view.Plan(offset, end, settings.LoadBufferBytes, firstBatchWhole: true, slices);
            if (planned == 0) break;
            var chunk = ArrayPool<byte>.Shared.Rent(planned);
            try
            {
                Copy(slices, chunk);
                offset = Read(chunk.AsSpan(0, planned), offset, end, replay);
            }
            finally
            {
                foreach (var slice in slices) slice.Release();
                ArrayPool<byte>.Shared.Return(chunk);
            }
        }

        return replay;
    }

    private static void Copy(List<ReadSlice> slices, Span<byte> chunk)
    {
        foreach (var slice in slices)
        {
            var part = chunk[..slice.Length];
            chunk = chunk[slice.Length..];
            if (slice.Buffer is { } buffer)
            {
                buffer.Span((int)slice.Position, slice.Length).CopyTo(part);
                continue;
            }

            var position = slice.Position;
            while (!part.IsEmpty)
            {
                var read = RandomAccess.Read(slice.File!.Handle, part, position);
                if (read == 0) throw new EndOfStreamException($"The segment ends at {position}, {part.Length} bytes too early.");
                position += read;
                part = part[read..];
            }
        }
    }

    /// <summary>Answers the offset after the last batch read.</summary>
    private static long Read(ReadOnlySpan<byte> chunk, long offset, long end, GroupReplay replay)
    {
        var next = offset;
        foreach (var batch in new RecordBatches(chunk))
        {
            if (batch.BaseOffset >= end) break;
            if (batch.LastOffset >= offset) Read(batch, replay);
            next = batch.LastOffset + 1;
        }

        return next > offset ? next : throw new WireFormatException($"No whole batch at offset {offset}.");
    }

    private static void Read(in RecordBatchView batch, GroupReplay replay)
    {
        if (!batch.IsCrcValid) throw new WireFormatException($"The batch at offset {batch.BaseOffset} has a bad checksum.");
        using var section = RecordCompression.Decompress(batch.Attributes.Codec, batch.RecordsSection, new DecompressionLimits());
        var transaction = batch.Attributes.IsTransactional ? batch.ProducerId : -1;
        for (var records = new RecordReader(section.Span, batch.RecordCount); records.MoveNext();)
        {
            if (batch.Attributes.IsControl)
            {
                if (ControlRecord.TryReadType(records.Key, out var type) && type is ControlRecord.Commit or ControlRecord.Abort)
                    replay.EndTransaction(batch.ProducerId, type == ControlRecord.Commit);
                continue;
            }

            var value = records.ValueIsNull ? default : records.Value.ToArray();
            replay.Read(batch.BaseOffset + records.OffsetDelta, records.Key.ToArray(), value, records.ValueIsNull, transaction);
        }
    }
}
