using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

// What regions and the coordinator say to each other. A command goes to the coordinator or to one of its hand-off workers, an order
// goes to a region.

internal interface ICoordinatorCommand : IClusterShardingSerializable
{
}

internal interface IRegionOrder : IClusterShardingSerializable
{
}

/// <summary>A region that hosts shards is there.</summary>
internal sealed record Register(IActorRef Region) : ICoordinatorCommand, IDeadLetterSuppression;

/// <summary>A region that only passes messages on is there.</summary>
internal sealed record RegisterProxy(IActorRef Proxy) : ICoordinatorCommand, IDeadLetterSuppression;

internal sealed record RegisterAck(IActorRef Coordinator) : IRegionOrder;

/// <summary>Where is this shard? Answered with <see cref="ShardHome"/>, or not at all: the region asks again.</summary>
internal sealed record GetShardHome(string Shard) : ICoordinatorCommand, IDeadLetterSuppression;

internal sealed record ShardHome(string Shard, IActorRef Region) : IRegionOrder;

/// <summary>To the region that a shard was allocated to: start it.</summary>
internal sealed record HostShard(string Shard) : IRegionOrder;

internal sealed record ShardStarted(string Shard) : ICoordinatorCommand;

/// <summary>To all regions: forget where this shard is, and see that what was sent to it has arrived.</summary>
internal sealed record BeginHandOff(string Shard) : IRegionOrder;

internal sealed record BeginHandOffAck(string Shard) : ICoordinatorCommand;

/// <summary>
/// From a region to the shard's region, which passes the acknowledgement on: it comes after all messages that the first region
/// has sent there, so the acknowledgement says that nothing is on its way any more.
/// </summary>
internal sealed record HandOffFence(string Shard, IActorRef Worker) : IRegionOrder;

/// <summary>To the shard's region, after all acknowledgements: stop it.</summary>
internal sealed record HandOff(string Shard) : IRegionOrder;

internal sealed record ShardStopped(string Shard) : ICoordinatorCommand;

internal sealed record RegionStopped(IActorRef Region) : ICoordinatorCommand;

internal sealed record GracefulShutdownRequest(IActorRef Region) : ICoordinatorCommand, IDeadLetterSuppression;

/// <summary>To the coordinator, from its singleton manager: end, the singleton moves.</summary>
internal sealed record TerminateCoordinator : IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    public static readonly TerminateCoordinator Instance = new();
}
