using Akka.Configuration;

namespace Akka.Cluster.Sharding;

/// <summary>Times, sizes and limits of <c>akka.cluster.sharding</c>; the reference configuration explains each.</summary>
public class TuningParameters
{
    public readonly TimeSpan CoordinatorFailureBackoff;
    public readonly TimeSpan RetryInterval;
    public readonly int BufferSize;
    public readonly TimeSpan HandOffTimeout;
    public readonly TimeSpan ShardStartTimeout;
    public readonly TimeSpan RebalanceInterval;
    public readonly int SnapshotAfter;
    public readonly int KeepNrOfBatches;
    public readonly int LeastShardAllocationRebalanceThreshold;
    public readonly int LeastShardAllocationMaxSimultaneousRebalance;
    public readonly int LeastShardAllocationAbsoluteLimit;
    public readonly double LeastShardAllocationRelativeLimit;

    internal TuningParameters(Config config)
    {
        CoordinatorFailureBackoff = config.GetTimeSpan("coordinator-failure-backoff");
        RetryInterval = Positive(config, "retry-interval");
        BufferSize = config.GetInt("buffer-size");
        HandOffTimeout = config.GetTimeSpan("handoff-timeout");
        ShardStartTimeout = config.GetTimeSpan("shard-start-timeout");
        RebalanceInterval = Positive(config, "rebalance-interval");
        SnapshotAfter = config.GetInt("snapshot-after");
        KeepNrOfBatches = config.GetInt("keep-nr-of-batches");
        LeastShardAllocationRebalanceThreshold = config.GetInt("least-shard-allocation-strategy.rebalance-threshold");
        LeastShardAllocationMaxSimultaneousRebalance = config.GetInt("least-shard-allocation-strategy.max-simultaneous-rebalance");
        LeastShardAllocationAbsoluteLimit = config.GetInt("least-shard-allocation-strategy.rebalance-absolute-limit");
        LeastShardAllocationRelativeLimit = config.GetDouble("least-shard-allocation-strategy.rebalance-relative-limit");
        if (SnapshotAfter < 1)
            throw new ConfigurationException("akka.cluster.sharding.snapshot-after must be >= 1");
    }

    private static TimeSpan Positive(Config config, string key) => config.GetTimeSpan(key) is { Ticks: > 0 } time
        ? time
        : throw new ConfigurationException($"akka.cluster.sharding.{key} must be positive");
}
