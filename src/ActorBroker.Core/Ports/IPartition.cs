using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>
/// A partition that this node leads, as the gateway and the coordinators see it. All members may be called from any thread and none blocks
/// on disk, but for the ones that return a task.
/// </summary>
public interface IPartition
{
    string Topic { get; }
    Uuid TopicId { get; }
    int Index { get; }

    /// <summary>The epoch under which this node leads; -1 once it leads no more.</summary>
    int LeaderEpoch { get; }

    /// <summary>The topic's settings that matter to appends and reads; replaced as a whole when a config changes.</summary>
    PartitionSettings Settings { get; }

    /// <summary>The log as readers may see it now.</summary>
    ILogView View { get; }

    /// <summary>The counters of the topic.</summary>
    TopicTraffic Traffic => TopicTraffic.Unattributed;

    /// <summary>The follower that a consumer in the rack should read from instead (KIP-392); -1: this one.</summary>
    int PreferredReadReplica(string rack, long fetchOffset) => -1;

    /// <summary>Takes the request over; it is completed exactly once, with NOT_LEADER_OR_FOLLOWER when leadership ends first. Never
    /// blocks.</summary>
    void Append(AppendRequest request);

    /// <summary>
    /// Registers for advances of the high watermark and the last stable offset. To lose no wake-up: subscribe first, then read
    /// <see cref="View"/>, then wait.
    /// </summary>
    void Subscribe(IWatermarkListener listener, int tag);

    void Unsubscribe(IWatermarkListener listener, int tag);

    /// <summary>ListOffsets (R49): <paramref name="timestampMs"/> ≥ 0 or one of the special values -1 … -6. Reads the log, so on an I/O
    /// thread.</summary>
    Task<OffsetLookup> FindOffsetAsync(long timestampMs, ReadIsolation isolation, CancellationToken cancel);

    /// <summary>OffsetForLeaderEpoch (R34): the largest epoch ≤ the asked one and its end offset, or -1/-1.</summary>
    EpochEndOffset FindEpochEndOffset(int leaderEpoch);

    /// <summary>DeleteRecords (R46): moves the log start to <paramref name="offset"/> (-1: the high watermark) and answers the new low
    /// watermark, the lowest log start of all replicas that are up, once that is not below the offset.</summary>
    Task<DeleteRecordsResult> DeleteRecordsAsync(long offset, CancellationToken cancel);

    /// <summary>The live idempotent and transactional producers (KIP-664).</summary>
    Task<IReadOnlyList<ProducerDescription>> DescribeProducersAsync(CancellationToken cancel);
}
