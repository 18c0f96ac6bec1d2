namespace ActorBroker.Storage.Flushing;

/// <summary>
/// When a log is flushed. In the background the recovery point moves after <see cref="StorageSettings.FlushBytes"/> or
/// <see cref="StorageSettings.FlushIntervalMs"/>, so that a recovery never validates more than that. <c>flush.messages</c> and
/// <c>flush.ms</c> of the topic ask for more. A compacted log is also flushed when it rolls, as Kafka does: only what is on the disk may be
/// cleaned, and the cleaner's next round shall find the closed segment there. Pure.
/// </summary>
internal static class FlushPlanner
{
    /// <summary>
    /// Beyond this a flush writes snapshot, epochs and indexes too; below, a recovery replays that many bytes of batch headers instead.
    /// </summary>
    public const long ReplayBytesMax = 8L << 20;

    public static bool IsDue(
        in FlushFacts facts, StorageSettings storage, Core.Partitions.PartitionSettings topic)
    {
        if (facts.UnflushedBytes == 0) return false;
        if (facts.UnflushedBytes >= storage.FlushBytes || facts.AgeMs >= storage.FlushIntervalMs) return true;
        if (facts.HasRolled && topic.IsCompacted) return true;
        return facts.UnflushedRecords >= topic.FlushMessages || facts.AgeMs >= topic.FlushMs;
    }

    public static bool IsFull(long bytesSinceSnapshot, bool hasRolled) => hasRolled || bytesSinceSnapshot > ReplayBytesMax;
}

/// <summary>What a log has that is not on the disk for certain.</summary>
internal readonly record struct FlushFacts(long UnflushedBytes, long UnflushedRecords, long AgeMs, bool HasRolled);
