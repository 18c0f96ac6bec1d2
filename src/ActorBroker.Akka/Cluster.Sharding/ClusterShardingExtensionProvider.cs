using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Id of the sharding extension.</summary>
public sealed class ClusterShardingExtensionProvider : ExtensionIdProvider<ClusterSharding>
{
    public override ClusterSharding CreateExtension(ExtendedActorSystem system) => new(system);
}
