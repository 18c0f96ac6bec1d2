namespace Akka.Cluster.Sharding;

/// <summary>A strategy that is told when the coordinator starts.</summary>
public interface IStartableAllocationStrategy : IShardAllocationStrategy
{
    void Start();
}
