using Akka.Actor;

namespace Akka.Cluster.Sharding;

// What the coordinator persists.

internal interface ICoordinatorEvent : IClusterShardingSerializable
{
}

internal sealed record ShardRegionRegistered(IActorRef Region) : ICoordinatorEvent;

internal sealed record ShardRegionProxyRegistered(IActorRef Proxy) : ICoordinatorEvent;

/// <summary>The region is gone, and so are its shards.</summary>
internal sealed record ShardRegionTerminated(IActorRef Region) : ICoordinatorEvent;

internal sealed record ShardRegionProxyTerminated(IActorRef Proxy) : ICoordinatorEvent;

internal sealed record ShardHomeAllocated(string Shard, IActorRef Region) : ICoordinatorEvent;

internal sealed record ShardHomeDeallocated(string Shard) : ICoordinatorEvent;
