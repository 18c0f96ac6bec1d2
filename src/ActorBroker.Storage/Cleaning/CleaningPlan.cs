using ActorBroker.Core.Partitions;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Cleaning;

/// <summary>
/// What the cleaner is to rewrite of one log: made by the owner, run on the cleaner's thread, applied by the owner again. It stands on
/// immutable facts: the segments before <see cref="EndOffset"/> are complete and never appended to.
/// </summary>
public sealed class CleaningPlan
{
    internal CleaningPlan(PartitionLog log, LogState state, LogSegment[] segments)
    {
        Log = log;
        State = state;
        Segments = segments;
        Structure = state.Structure;
        Settings = state.Settings;
        LogStart = state.LogStart;
    }

    public PartitionLog Log { get; }

    /// <summary>The first offset that has not been cleaned before.</summary>
    public long DirtyOffset { get; internal init; }

    /// <summary>Cleaning stops here: the active segment, the last stable offset, the recovery point or the compaction lag.</summary>
    public long EndOffset { get; internal init; }

    /// <summary>Dirty bytes over all cleanable bytes: who has the most goes first.</summary>
    public double DirtyRatio { get; internal init; }

    internal LogState State { get; }
    internal LogSegment[] Segments { get; }
    internal int Structure { get; }
    internal PartitionSettings Settings { get; }
    internal long LogStart { get; }
    internal long NowMs { get; init; }

    /// <summary>The last data offset and epoch of each live producer: its batch stays, empty if need be (R19).</summary>
    internal Dictionary<long, (long LastOffset, short Epoch)> Producers { get; init; } = [];
}

/// <summary>One new segment and the ones whose place it takes.</summary>
internal sealed record CleanedGroup(LogSegment[] Replaced, LogSegment Cleaned, long CleanedBytes);

/// <summary>What the cleaner wrote, for the owner to swap in.</summary>
public sealed class CleaningResult
{
    internal CleaningResult(CleaningPlan plan, IReadOnlyList<CleanedGroup> groups, long cleanedTo)
    {
        Plan = plan;
        Groups = groups;
        CleanedTo = cleanedTo;
    }

    public PartitionLog Log => Plan.Log;

    /// <summary>Everything below has been cleaned; less than asked for when the map of keys was full.</summary>
    public long CleanedTo { get; }

    internal CleaningPlan Plan { get; }
    internal IReadOnlyList<CleanedGroup> Groups { get; }
}
