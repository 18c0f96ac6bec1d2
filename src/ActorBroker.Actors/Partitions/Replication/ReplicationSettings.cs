using ActorBroker.Core.Configuration;
using ActorBroker.Core.Partitions.Replication;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>How replicas of this node talk to those of others. Bytes and milliseconds.</summary>
public sealed record ReplicationSettings
{
    public ReplicationLimits Limits { get; init; } = new();

    /// <summary>Bytes of records that may be under way to one node, all partitions together.</summary>
    public int LinkBytes { get; init; } = 32 << 20;

    /// <summary>Of those, what is read from cold segments for replicas that catch up.</summary>
    public int CatchUpBytes { get; init; } = 256 << 10;

    /// <summary>What is read for those in a second while clients are served; 0 does not hold back.</summary>
    public long CatchUpBytesPerSecond { get; init; } = 5L << 19;

    /// <summary>Bytes of records that one word carries, but for a single larger batch.</summary>
    public int PartBytes { get; init; } = 256 << 10;

    /// <summary>Bytes of a message between nodes. Below the size from which .NET puts arrays on the large object heap.</summary>
    public int EnvelopeBytes { get; init; } = 80_000;

    /// <summary>How long a moved high watermark may wait for records to travel with.</summary>
    public int WatermarkDelayMs { get; init; } = 20;

    /// <summary>First pause before a follower opens again that got no answer; doubled up to <see cref="OpenRetryMaxMs"/>.</summary>
    public int OpenRetryMs { get; init; } = 100;

    public int OpenRetryMaxMs { get; init; } = 2_000;

    /// <summary>How often lag is measured and silence looked at.</summary>
    public int TickMs { get; init; } = 500;

    public static ReplicationSettings From(BrokerConfig config)
    {
        var lagMaxMs = config.Long("replica.lag.time.max.ms");
        return new ReplicationSettings
        {
            Limits = new ReplicationLimits
            {
                LagMaxMs = lagMaxMs,
                WindowBytes = config.Int("actorbroker.replication.window.bytes"),
            },
            LinkBytes = config.Int("actorbroker.replication.link.bytes"),
            CatchUpBytes = config.Int("actorbroker.replication.catchup.bytes"),
            CatchUpBytesPerSecond = config.Long("actorbroker.replication.catchup.rate") * Environment.ProcessorCount,
            PartBytes = config.Int("actorbroker.replication.read.bytes"),
            WatermarkDelayMs = config.Int("actorbroker.replication.watermark.delay.ms"),
            TickMs = (int)Math.Clamp(lagMaxMs / 4, 50, 500),
        };
    }
}
