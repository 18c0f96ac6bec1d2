using ActorBroker.Core.Kernel;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Directories;

/// <summary>The four checkpoint files of a log directory.</summary>
internal sealed class DirectoryCheckpoints(StorageFiles files, string path)
{
    public OffsetCheckpoint RecoveryPoints { get; } = new(files, Path.Combine(path, OffsetCheckpoint.RecoveryPoints));
    public OffsetCheckpoint LogStarts { get; } = new(files, Path.Combine(path, OffsetCheckpoint.LogStarts));
    public OffsetCheckpoint HighWatermarks { get; } = new(files, Path.Combine(path, OffsetCheckpoint.HighWatermarks));
    public OffsetCheckpoint CleanerPositions { get; } = new(files, Path.Combine(path, OffsetCheckpoint.CleanerPositions));

    /// <summary>
    /// Log starts before recovery points: a start behind its recovery point costs a warning, the other way round deleted records would come
    /// back.
    /// </summary>
    public void Write(
        IReadOnlyCollection<KeyValuePair<TopicPartition, long>> recoveryPoints,
        IReadOnlyCollection<KeyValuePair<TopicPartition, long>> logStarts,
        IReadOnlyCollection<KeyValuePair<TopicPartition, long>> highWatermarks,
        IReadOnlyCollection<KeyValuePair<TopicPartition, long>> cleanerPositions)
    {
        LogStarts.Write(logStarts);
        RecoveryPoints.Write(recoveryPoints);
        HighWatermarks.Write(highWatermarks);
        CleanerPositions.Write(cleanerPositions);
    }
}
