using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage;

/// <summary>
/// Which segments a log no longer keeps (R44, R46): whole segments from the start, and never one that ends beyond the high watermark.
/// By time: the segment's largest record timestamp (the file's age when no record has one) is older than <c>retention.ms</c>. By size:
/// without it the log still has <c>retention.bytes</c>. By log start: it ends at or below. When everything has expired the active segment
/// is rolled first, so that one always is there.
/// </summary>
internal sealed class LogRetention(LogState state, LogAppender appender, LogTruncator truncator)
{
    public int Apply(long nowMs)
    {
        var segments = state.Segments;
        if (segments.Length == 0) return 0;
        var count = CountExpired(segments, nowMs);
        if (count == 0) return 0;
        if (count == segments.Length)
        {
            appender.EnsureWriter(nowMs);
            if (segments[^1].Size == 0) count--;
            else appender.Roll(state.LogEnd, nowMs);
        }
        if (count == 0) return 0;
        truncator.RemoveHead(count, state.Segments[count].BaseOffset);
        return count;
    }

    private int CountExpired(LogSegment[] segments, long nowMs)
    {
        var settings = state.Settings;
        var byLogStart = CountWhile(segments, (_, end) => end <= state.LogStart);
        if (!settings.IsDeleted) return byLogStart;
        var byTime = settings.RetentionMs < 0
            ? 0
            : CountWhile(segments, (segment, _) => nowMs - AgeBasis(segment) > settings.RetentionMs);
        return Math.Max(byLogStart, Math.Max(byTime, CountBySize(segments, settings.RetentionBytes)));
    }

    private int CountBySize(LogSegment[] segments, long retentionBytes)
    {
        if (retentionBytes < 0) return 0;
        long excess = -retentionBytes;
        foreach (var segment in segments) excess += segment.Size;
        return CountWhile(segments, (segment, _) =>
        {
            if (excess - segment.Size < 0) return false;
            excess -= segment.Size;
            return true;
        });
    }

    private int CountWhile(LogSegment[] segments, Func<LogSegment, long, bool> isExpired)
    {
        var count = 0;
        for (; count < segments.Length; count++)
        {
            var isLast = count == segments.Length - 1;
            var end = isLast ? state.LogEnd : segments[count + 1].BaseOffset;
            if (end > state.HighWatermark || (isLast && segments[count].Size == 0) || !isExpired(segments[count], end)) break;
        }
        return count;
    }

    private long AgeBasis(LogSegment segment)
    {
        var largest = state.Writer is { } writer && writer.Segment == segment ? writer.MaxTimestamp : segment.ReadLargestTimestamp();
        return largest >= 0 ? largest : segment.LastModifiedMs;
    }
}
