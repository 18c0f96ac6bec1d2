namespace Akka.Cluster.Sharding;

public static class ShardAllocationStrategy
{
    /// <summary>The region with the fewest shards; a round of rebalancing moves as many as the smaller limit says, at least one.</summary>
    public static IShardAllocationStrategy LeastShardAllocationStrategy(int absoluteLimit, double relativeLimit) =>
        new Internal.LeastShardAllocationStrategy(absoluteLimit, relativeLimit);
}
