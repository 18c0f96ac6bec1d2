using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>A strategy that needs the coordinator's actor system.</summary>
public interface IActorSystemDependentAllocationStrategy : IShardAllocationStrategy
{
    void Start(ActorSystem system);
}
