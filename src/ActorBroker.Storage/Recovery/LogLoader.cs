using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Recovery;

/// <summary>
/// Makes a log's state from its directory. After a clean shutdown that is a directory listing and what the checkpoints say: no log, index
/// or snapshot is opened before somebody needs it. A partition without a directory is an empty log that costs nothing yet.
/// </summary>
internal static class LogLoader
{
    public static LogState Load(LogDirectory directory, TopicPartition partition, Uuid topicId, PartitionSettings settings, LogOpenMode mode)
    {
        var files = new PartitionFiles(directory, partition, Path.Combine(directory.Path, partition.ToString()));
        var state = new LogState(files, topicId, settings);
        if (!directory.Environment.Files.DirectoryExists(files.Path))
        {
            state.FirstUnstable = -1;
            return state;
        }
        state.IsOnDisk = true;
        var listing = SegmentListing.Read(files);
        CheckTopicId(state, listing.HasMetadata);
        state.Segments = [.. listing.Segments.Select(baseOffset => new LogSegment(files, baseOffset))];
        if (listing.Snapshots.Count > 0) state.Snapshots = listing.Snapshots;
        if (state.Segments.Length == 0)
        {
            SetBounds(state, directory.RecoveryPointOf(partition) ?? 0);
            SnapshotFiles.RemoveAll(state);
            state.FirstUnstable = -1;
            return state;
        }
        if (mode == LogOpenMode.Clean) LoadClean(state);
        else Recover(state);
        return state;
    }

    private static void LoadClean(LogState state)
    {
        var last = state.Segments[^1];
        var directory = state.Files.Directory;
        var closed = directory.ClosedStateOf(state.Files.Partition);
        var end = closed?.LogEnd ?? directory.RecoveryPointOf(state.Files.Partition);
        // A directory that was copied here, or a checkpoint that was lost: the log itself knows its end.
        state.LogEnd = end is { } known && known >= last.BaseOffset ? known : last.ReadEndOffset();
        state.FullyFlushedTo = Math.Min(closed?.FullyFlushedTo ?? state.LogEnd, state.LogEnd);
        SnapshotFiles.RemoveBeyond(state, state.LogEnd);
        SetBounds(state, Math.Min(closed?.RecoveryPoint ?? state.LogEnd, state.LogEnd));
        if (state.RecoveryPoint < state.LogEnd) state.NoteUnflushed(last.Size);
    }

    private static void Recover(LogState state)
    {
        var recoveryPoint = state.Files.Directory.RecoveryPointOf(state.Files.Partition) ?? 0;
        LogRecovery.Run(state, recoveryPoint);
        var unsynced = Math.Max(0, state.LogEnd - recoveryPoint);
        SetBounds(state, Math.Min(recoveryPoint, state.LogEnd));
        if (unsynced > 0) state.NoteUnflushed(state.Segments[^1].Size);
    }

    private static void SetBounds(LogState state, long recoveryPoint)
    {
        var directory = state.Files.Directory;
        var partition = state.Files.Partition;
        var first = state.Segments.Length > 0 ? state.Segments[0].BaseOffset : recoveryPoint;
        state.LogEnd = Math.Max(state.LogEnd, state.Segments.Length == 0 ? recoveryPoint : 0);
        state.LogStart = Math.Clamp(directory.LogStartOf(partition) ?? first, first, Math.Max(first, state.LogEnd));
        state.HighWatermark = Math.Clamp(directory.HighWatermarkOf(partition) ?? 0, state.LogStart, state.LogEnd);
        state.RecoveryPoint = recoveryPoint;
    }

    private static void CheckTopicId(LogState state, bool hasFile)
    {
        var path = state.Files.Of(PartitionMetadataFile.FileName);
        if (hasFile)
        {
            Uuid? found = null;
            try
            {
                found = PartitionMetadataFile.Read(state.Files.Files, path);
            }
            catch (WireFormatException error)
            {
                state.Files.Warn("the partition metadata is damaged and written again", error);
            }
            if (found is { } id && state.TopicId != Uuid.Zero && id != state.TopicId)
                throw new LogTopicMismatchException(state.Files.Partition, state.Files.Path, id, state.TopicId);
            if (found is not null) return;
        }
        if (state.TopicId == Uuid.Zero) return;
        state.Files.Files.ReplaceUnsynced(path, PartitionMetadataFile.Write(state.TopicId), sync: true);
        state.HasNewNames = true;
    }
}
