namespace ActorBroker.Core.Groups;

/// <summary>The broker's group configuration; names in the comments are Kafka's keys.</summary>
public sealed record GroupSettings
{
    /// <summary><c>group.min.session.timeout.ms</c></summary>
    public int MinSessionTimeoutMs { get; init; } = 6_000;

    /// <summary><c>group.max.session.timeout.ms</c></summary>
    public int MaxSessionTimeoutMs { get; init; } = 1_800_000;

    /// <summary><c>group.initial.rebalance.delay.ms</c></summary>
    public int InitialRebalanceDelayMs { get; init; } = 3_000;

    /// <summary><c>group.max.size</c></summary>
    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>How long a member that has joined for the first time may stay parked before it must have come again.</summary>
    public int NewMemberJoinTimeoutMs { get; init; } = 300_000;

    /// <summary><c>offset.metadata.max.bytes</c>; Kafka counts characters.</summary>
    public int OffsetMetadataMaxLength { get; init; } = 4_096;

    /// <summary><c>offsets.retention.minutes</c></summary>
    public long OffsetsRetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>offsets.retention.check.interval.ms</c></summary>
    public long OffsetsRetentionCheckIntervalMs { get; init; } = 600_000;

    /// <summary><c>offsets.topic.num.partitions</c>; counts until the topic exists.</summary>
    public int OffsetsTopicPartitions { get; init; } = 50;

    /// <summary><c>offsets.topic.segment.bytes</c></summary>
    public int OffsetsTopicSegmentBytes { get; init; } = 104_857_600;

    /// <summary><c>offsets.commit.timeout.ms</c>: how long an append may wait for its replicas.</summary>
    public int CommitTimeoutMs { get; init; } = 5_000;

    /// <summary><c>offsets.load.buffer.size</c>: the chunk in which a partition is read at its load.</summary>
    public int LoadBufferBytes { get; init; } = 5_242_880;
}
