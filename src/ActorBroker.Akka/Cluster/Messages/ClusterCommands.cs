using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>What the extension and timers tell the cluster's actors on the same node.</summary>
internal interface IClusterCommand : INoSerializationVerificationNeeded;

internal sealed record JoinTo(Address Address) : IClusterCommand;

internal sealed record JoinSeedNodes(ImmutableList<Address> SeedNodes) : IClusterCommand;

internal sealed record LeaveMember(Address Address) : IClusterCommand;

internal sealed record DownMember(Address Address) : IClusterCommand;

/// <summary>The coordinated shutdown's tasks before the phase cluster-exiting-done are through.</summary>
internal sealed record ExitingCompleted : IClusterCommand
{
    public static readonly ExitingCompleted Instance = new();
}

/// <summary>Asks <c>/system/cluster</c> to leave; answered with <see cref="Done"/> when the member is Leaving or further.</summary>
internal sealed record LeaveInShutdown : IClusterCommand
{
    public static readonly LeaveInShutdown Instance = new();
}

/// <summary>Asks <c>/system/cluster</c> to call back once this node's member has the status.</summary>
internal sealed record AddStatusListener(MemberStatus Status, Action Callback) : IClusterCommand;

internal interface ISubscriptionCommand : IClusterCommand;

internal sealed record Subscribe(IActorRef Subscriber, ClusterEvent.SubscriptionInitialStateMode Mode, ImmutableHashSet<Type> To)
    : ISubscriptionCommand;

internal sealed record Unsubscribe(IActorRef Subscriber, Type? To) : ISubscriptionCommand, IDeadLetterSuppression;

internal sealed record SendCurrentClusterState(IActorRef Receiver) : ISubscriptionCommand;

/// <summary>What the periodic tasks are woken with.</summary>
internal interface IClusterTick : IClusterCommand, IDeadLetterSuppression;

internal sealed record GossipTick : IClusterTick
{
    public static readonly GossipTick Instance = new();
}

/// <summary>Between two gossip ticks, while many have not seen the latest gossip.</summary>
internal sealed record GossipSpeedupTick : IClusterTick
{
    public static readonly GossipSpeedupTick Instance = new();
}

internal sealed record LeaderActionsTick : IClusterTick
{
    public static readonly LeaderActionsTick Instance = new();
}

internal sealed record ReapUnreachableTick : IClusterTick
{
    public static readonly ReapUnreachableTick Instance = new();
}
