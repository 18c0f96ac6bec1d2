using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Partitions;

/// <summary>
/// A topic's configuration as appends, reads, retention and the cleaner use it: typed, resolved over the broker's defaults, immutable.
/// Names and meanings are Kafka's topic configs. Milliseconds and bytes; -1 means unlimited where Kafka says so.
/// </summary>
public sealed record PartitionSettings
{
    public int MaxMessageBytes { get; init; } = 1_048_588;
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary>The codec to store with, or null for <c>producer</c>: as it came.</summary>
    public CompressionCodec? Compression { get; init; }

    public int GzipLevel { get; init; } = -1;
    public int Lz4Level { get; init; } = 9;
    public int ZstdLevel { get; init; } = 3;

    public bool IsCompacted { get; init; }
    public bool IsDeleted { get; init; } = true;
    public int MinInSyncReplicas { get; init; } = 1;
    public bool UncleanLeaderElection { get; init; }

    /// <summary>Followers that this node, as leader, feeds under <c>leader.replication.throttled.rate</c>.</summary>
    public ThrottledReplicas LeaderThrottledReplicas { get; init; } = ThrottledReplicas.None;

    /// <summary>Replicas that this node, as follower, fills under <c>follower.replication.throttled.rate</c>.</summary>
    public ThrottledReplicas FollowerThrottledReplicas { get; init; } = ThrottledReplicas.None;

    /// <summary>Bytes a second of all throttled replicas of this node together; this node's settings, not the topic's.</summary>
    public long LeaderThrottledRate { get; init; } = long.MaxValue;

    public long FollowerThrottledRate { get; init; } = long.MaxValue;

    /// <summary>An idempotent producer is forgotten this long after its last batch; this node's setting, not the topic's.</summary>
    public long ProducerExpirationMs { get; init; } = 86_400_000;

    public int SegmentBytes { get; init; } = 1_073_741_824;
    public long SegmentMs { get; init; } = 604_800_000;
    public long SegmentJitterMs { get; init; }
    public int IndexIntervalBytes { get; init; } = 4096;
    public int SegmentIndexBytes { get; init; } = 10_485_760;
    public long RetentionMs { get; init; } = 604_800_000;
    public long RetentionBytes { get; init; } = -1;
    public long FileDeleteDelayMs { get; init; } = 60_000;
    public long FlushMessages { get; init; } = long.MaxValue;
    public long FlushMs { get; init; } = long.MaxValue;

    public double MinCleanableDirtyRatio { get; init; } = 0.5;
    public long MinCompactionLagMs { get; init; }
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;
    public long DeleteRetentionMs { get; init; } = 86_400_000;

    /// <summary>Passes over the walk through a batch's records on produce (<c>actorbroker.produce.validate.records=false</c>); the
    /// header is always checked.</summary>
    public bool ValidateRecords { get; init; } = true;
}
