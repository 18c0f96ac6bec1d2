using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Cleaning;

/// <summary>
/// Decides whether a log is worth cleaning now, and up to where (R47).
///
/// The range ends before the active segment, the last stable offset (an open transaction decides later what stays), the recovery point
/// (what is rewritten is on the disk) and the first segment younger than <c>min.compaction.lag.ms</c>. It is due when dirty bytes are more
/// than <c>min.cleanable.dirty.ratio</c> of all, or a dirty segment is older than <c>max.compaction.lag.ms</c>; then the active segment is
/// rolled too when its records are that old.
/// </summary>
internal sealed class CleaningPlanner(LogState state, LogAppender appender)
{
    public CleaningPlan? Plan(PartitionLog log, long nowMs)
    {
        var settings = state.Settings;
        if (!settings.IsCompacted || state.Segments.Length == 0) return null;
        RollOverdue(nowMs);
        var segments = state.Segments;
        var first = segments[0].BaseOffset;
        var checkpoint = state.Files.Directory.CleanerPositionOf(state.Files.Partition) ?? first;
        var dirty = checkpoint < first || checkpoint > segments[^1].BaseOffset ? first : checkpoint;
        var end = FirstUncleanable(log, segments, dirty, nowMs);
        if (end <= dirty) return null;
        long cleanBytes = 0, dirtyBytes = 0;
        var isOverdue = false;
        var cleanable = 0;
        for (; cleanable < segments.Length - 1 && segments[cleanable + 1].BaseOffset <= end; cleanable++)
        {
            if (segments[cleanable].BaseOffset < dirty)
            {
                cleanBytes += segments[cleanable].Size;
                continue;
            }
            dirtyBytes += segments[cleanable].Size;
            isOverdue |= IsOlderThan(segments[cleanable], settings.MaxCompactionLagMs, nowMs);
        }
        if (dirtyBytes == 0) return null;
        var ratio = (double)dirtyBytes / (cleanBytes + dirtyBytes);
        if (!isOverdue && ratio < settings.MinCleanableDirtyRatio) return null;
        return new CleaningPlan(log, state, segments[..cleanable])
        {
            DirtyOffset = dirty,
            EndOffset = segments[cleanable].BaseOffset,
            DirtyRatio = ratio,
            NowMs = nowMs,
            Producers = LiveProducers(),
        };
    }

    private long FirstUncleanable(PartitionLog log, LogSegment[] segments, long dirty, long nowMs)
    {
        var end = Math.Min(segments[^1].BaseOffset, Math.Min(log.LastStableOffset, state.RecoveryPoint));
        if (state.Settings.MinCompactionLagMs <= 0) return end;
        foreach (var segment in segments)
            if (segment.BaseOffset >= dirty && !IsOlderThan(segment, state.Settings.MinCompactionLagMs, nowMs)) return Math.Min(end, segment.BaseOffset);
        return end;
    }

    private void RollOverdue(long nowMs)
    {
        if (state.Settings.MaxCompactionLagMs == long.MaxValue || state.Writer is not { Position: > 0 } writer) return;
        var begin = writer.FirstTimestamp >= 0 ? writer.FirstTimestamp : writer.CreatedMs;
        if (nowMs - begin > state.Settings.MaxCompactionLagMs) appender.Roll(state.LogEnd, nowMs);
    }

    private static bool IsOlderThan(LogSegment segment, long lagMs, long nowMs)
    {
        if (lagMs == long.MaxValue) return false;
        var largest = segment.ReadLargestTimestamp();
        return nowMs - (largest >= 0 ? largest : segment.LastModifiedMs) > lagMs;
    }

    private Dictionary<long, (long LastOffset, short Epoch)> LiveProducers()
    {
        var producers = new Dictionary<long, (long, short)>();
        foreach (var entry in ProducerLoader.EnsureLoaded(state).Entries) producers[entry.ProducerId] = (entry.LastDataOffset, entry.Epoch);
        return producers;
    }
}
