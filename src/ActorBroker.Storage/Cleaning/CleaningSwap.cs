using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Cleaning;

/// <summary>
/// Puts cleaned segments into the log; the owner's thread. Kafka's order, so that a stop at any point leaves either the old or the new
/// segments: the cleaned files are complete and synced; <c>.cleaned</c> → <c>.swap</c>; the old segments become <c>.deleted</c>;
/// <c>.swap</c> gets the final name. What an open does with the remains is in <see cref="Recovery.SegmentListing"/>.
/// </summary>
internal sealed class CleaningSwap(LogState state, LogTruncator truncator)
{
    public bool Apply(CleaningResult result)
    {
        if (state.IsClosed || result.Plan.Structure != state.Structure)
        {
            foreach (var group in result.Groups) Discard(group.Cleaned);
            return false;
        }
        foreach (var group in result.Groups) Swap(group);
        state.Structure++;
        SnapshotFiles.Prune(state);
        state.Files.Directory.SetCleanerPosition(state.Files.Partition, result.CleanedTo);
        return true;
    }

    private void Swap(CleanedGroup group)
    {
        group.Cleaned.ChangeSuffix(SegmentNames.Cleaned, SegmentNames.Swap);
        state.Files.Files.SyncDirectory(state.Files.Path);
        var segments = new List<LogSegment>(state.Segments);
        var at = segments.IndexOf(group.Replaced[0]);
        segments.RemoveRange(at, group.Replaced.Length);
        segments.Insert(at, group.Cleaned);
        // The new segment is published under its swap name: a reader that comes now finds it, and open files do not mind the last rename.
        state.Segments = [.. segments];
        for (var i = group.Replaced.Length - 1; i >= 0; i--) truncator.Discard(group.Replaced[i]);
        group.Cleaned.ChangeSuffix(SegmentNames.Swap, "");
        state.HasNewNames = true;
    }

    private void Discard(LogSegment cleaned)
    {
        foreach (var kind in SegmentNames.SegmentSuffixes) state.Files.Files.Delete(state.Files.Of(cleaned.BaseOffset, kind + SegmentNames.Cleaned));
        cleaned.DropFiles();
    }
}
