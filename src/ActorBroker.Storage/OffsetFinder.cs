using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage;

/// <summary>
/// Offsets by time (R49). Timestamps need not grow along the log (R50): the time index stores the running maximum, so the first place where
/// it reaches the wanted time has the first record at or after it. Any thread, on files; compressed batches are opened for the one batch
/// that matters.
/// </summary>
internal sealed class OffsetFinder(LogState state)
{
    private static readonly OffsetLookup None = new(ErrorCode.None, -1, -1, -1);

    /// <summary>The first record at or after the time.</summary>
    public OffsetLookup FindByTimestamp(long timestampMs, long upperBound) => OnSegments(
        segments => FindByTimestamp(segments, timestampMs, Math.Min(upperBound, state.LogEnd)));

    /// <summary>The earliest record with the largest timestamp.</summary>
    public OffsetLookup FindMaxTimestamp(long upperBound) => OnSegments(segments => FindMaxTimestamp(segments, Math.Min(upperBound, state.LogEnd)));

    // Retention or the cleaner may take files away meanwhile: the answer comes from the segments that are there then.
    private OffsetLookup OnSegments(Func<LogSegment[], OffsetLookup> find)
    {
        while (true)
        {
            var segments = state.Segments;
            try
            {
                return find(segments);
            }
            catch (LogIoException) when (state.HasOtherSegments(segments))
            {
                continue;
            }
        }
    }

    private OffsetLookup FindByTimestamp(LogSegment[] segments, long timestampMs, long upperBound)
    {
        for (var i = 0; i < segments.Length && segments[i].BaseOffset < upperBound; i++)
        {
            if (i < segments.Length - 1 && segments[i].ReadLargestTimestamp() < timestampMs) continue;
            if (FindIn(segments[i], timestampMs, upperBound) is { } found) return found;
        }
        return None;
    }

    private OffsetLookup FindMaxTimestamp(LogSegment[] segments, long upperBound)
    {
        var best = -1L;
        LogSegment? bestSegment = null;
        for (var i = 0; i < segments.Length && segments[i].BaseOffset < upperBound; i++)
        {
            var largest = LargestBelow(segments, i, upperBound);
            if (largest <= best) continue;
            (best, bestSegment) = (largest, segments[i]);
        }
        return bestSegment is null ? None : FindIn(bestSegment, best, upperBound) ?? None;
    }

    private long LargestBelow(LogSegment[] segments, int number, long upperBound)
    {
        var isWhole = number < segments.Length - 1 && segments[number + 1].BaseOffset <= upperBound;
        if (isWhole) return segments[number].ReadLargestTimestamp();
        var segment = segments[number];
        segment.EnsureIndexes();
        // The running maximum of the index below the bound, then the batches behind its last entry there.
        var largest = -1L;
        var start = 0L;
        if (segment.Times.TryFloorByValue(Math.Clamp(upperBound - 1 - segment.BaseOffset, 0, int.MaxValue), out var time))
        {
            largest = time.Key;
            if (segment.Offsets.TryFloorByKey(time.Value, out var place)) start = place.Value;
        }
        Span<byte> block = stackalloc byte[BatchScan.BlockSize];
        var file = segment.Log.Acquire();
        try
        {
            var scan = new BatchScan(file, start, segment.Size, block);
            while (scan.MoveNext() && scan.Header.LastOffset < upperBound) largest = Math.Max(largest, scan.Header.MaxTimestamp);
        }
        finally
        {
            segment.Log.Release();
        }
        return largest;
    }

    private OffsetLookup? FindIn(LogSegment segment, long timestampMs, long upperBound)
    {
        segment.EnsureIndexes();
        var start = 0L;
        if (segment.Times.TryFloorByKey(timestampMs - 1, out var time) && segment.Offsets.TryFloorByKey(time.Value, out var place))
            start = place.Value;
        Span<byte> block = stackalloc byte[BatchScan.BlockSize];
        var file = segment.Log.Acquire();
        try
        {
            var scan = new BatchScan(file, start, segment.Size, block);
            while (scan.MoveNext())
            {
                if (scan.Header.LastOffset >= upperBound) return null;
                if (scan.Header.MaxTimestamp < timestampMs || scan.Header.LastOffset < state.LogStart) continue;
                var bytes = new byte[scan.Size];
                if (file.Read(bytes, scan.Position) < bytes.Length) return null;
                if (FindInBatch(segment, scan.Position, bytes, timestampMs) is { } found) return found;
            }
            return null;
        }
        finally
        {
            segment.Log.Release();
        }
    }

    private OffsetLookup? FindInBatch(LogSegment segment, long position, byte[] bytes, long timestampMs)
    {
        var batch = new RecordBatchView(bytes);
        if (!batch.IsCrcValid) throw segment.Corrupt(position, "CRC differs");
        var attributes = batch.Attributes;
        try
        {
            using var section = RecordCompression.Decompress(attributes.Codec, batch.RecordsSection, new DecompressionLimits());
            var records = new RecordReader(section.Span, batch.RecordCount);
            while (records.MoveNext())
            {
                var offset = batch.BaseOffset + records.OffsetDelta;
                var timestamp = attributes.TimestampType == TimestampType.LogAppendTime
                    ? batch.MaxTimestamp
                    : batch.BaseTimestamp + records.TimestampDelta;
                if (timestamp < timestampMs || offset < state.LogStart) continue;
                return new OffsetLookup(ErrorCode.None, offset, timestamp, batch.PartitionLeaderEpoch);
            }
            return null;
        }
        catch (WireFormatException error)
        {
            throw segment.Corrupt(position, error.Message);
        }
    }
}
