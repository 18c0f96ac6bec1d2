namespace ActorBroker.Core.Partitions.Replication;

/// <summary>The bounds of replication that decisions depend on. Bytes and milliseconds.</summary>
public sealed record ReplicationLimits
{
    /// <summary>How long a follower may be behind before it leaves the in-sync replicas (<c>replica.lag.time.max.ms</c>).</summary>
    public long LagMaxMs { get; init; } = 30_000;

    /// <summary>Bytes of one partition that may be under way to one follower.</summary>
    public int WindowBytes { get; init; } = 2 << 20;

    /// <summary>Silence after which a leader asks a follower that owes it an acknowledgement where it stands.</summary>
    public long ProbeAfterMs { get; init; } = 500;
}
