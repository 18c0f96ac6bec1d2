using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage;

/// <summary>
/// The snapshot files of a log: the first in each segment (a truncation or the loss of later ones falls back to it) and the two newest.
/// A snapshot carries a CRC, so one that a crash tore is passed over, and none needs a sync of its own. The list is changed under the lock
/// that guards the loading of producers: a reader may be going through it.
/// </summary>
internal static class SnapshotFiles
{
    private const int NewestKept = 2;

    public static void Add(LogState state, long offset)
    {
        using var guard = state.ProducersGate.EnterScope();
        if (ReferenceEquals(state.Snapshots, LogState.NoSnapshots)) state.Snapshots = [];
        var at = state.Snapshots.BinarySearch(offset);
        if (at < 0) state.Snapshots.Insert(~at, offset);
        state.HasNewNames = true;
    }

    /// <summary>Deletes what no segment needs any more.</summary>
    public static void Prune(LogState state)
    {
        using var guard = state.ProducersGate.EnterScope();
        var segments = state.Segments;
        for (var i = state.Snapshots.Count - 1 - NewestKept; i >= 0; i--)
        {
            var floor = LogState.Floor(segments, state.Snapshots[i]);
            var isFirstInSegment = floor >= 0 && (i == 0 || state.Snapshots[i - 1] < segments[floor].BaseOffset);
            if (!isFirstInSegment) Delete(state, i);
        }
    }

    /// <summary>Deletes those beyond the offset: the log has been cut there.</summary>
    public static void RemoveBeyond(LogState state, long offset)
    {
        using var guard = state.ProducersGate.EnterScope();
        for (var i = state.Snapshots.Count - 1; i >= 0 && state.Snapshots[i] > offset; i--) Delete(state, i);
    }

    public static void RemoveAll(LogState state)
    {
        using var guard = state.ProducersGate.EnterScope();
        for (var i = state.Snapshots.Count - 1; i >= 0; i--) Delete(state, i);
    }

    private static void Delete(LogState state, int number)
    {
        state.Files.Files.Delete(state.Files.Of(state.Snapshots[number], SegmentNames.Snapshot));
        state.Snapshots.RemoveAt(number);
    }
}
