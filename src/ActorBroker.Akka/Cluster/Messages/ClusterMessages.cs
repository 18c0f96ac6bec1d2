using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.Util;

namespace Akka.Cluster;

/// <summary>What nodes tell each other about the cluster. It depends on no order, and must not wait behind what does.</summary>
internal interface IClusterMessage : IPriorityMessage;

/// <summary>Are you in a cluster?</summary>
internal sealed record InitJoin : IClusterMessage, IDeadLetterSuppression
{
    public static readonly InitJoin Instance = new();
}

internal sealed record InitJoinAck(Address Address) : IClusterMessage, IDeadLetterSuppression;

internal sealed record InitJoinNack(Address Address) : IClusterMessage, IDeadLetterSuppression;

internal sealed record Join(UniqueAddress Node, ImmutableHashSet<string> Roles, AppVersion AppVersion) : IClusterMessage;

/// <summary>Answer to <see cref="Join"/>: you are Joining, and this is what we know.</summary>
internal sealed record Welcome(UniqueAddress From, Gossip Gossip) : IClusterMessage;

internal sealed record GossipEnvelope(UniqueAddress From, UniqueAddress To, Gossip Gossip) : IClusterMessage, IDeadLetterSuppression
{
    /// <summary>Ticks of the environment when this node has received it; 0 when it never left the node that sent it.</summary>
    public long ReceivedMs { get; init; }
}

/// <summary>Only how far the sender is: the receiver, if it is behind or ahead, asks for or sends the rest.</summary>
internal sealed record GossipStatus(UniqueAddress From, VectorClock Version) : IClusterMessage, IDeadLetterSuppression;

/// <summary>The node has done everything before it goes: the leader need not wait until it is unreachable.</summary>
internal sealed record ExitingConfirmed(UniqueAddress Node) : IClusterMessage, IDeadLetterSuppression;

internal sealed record Heartbeat(Address From, long SequenceNr, long CreationTimeNanos) : IClusterMessage, IDeadLetterSuppression;

internal sealed record HeartbeatRsp(UniqueAddress From, long SequenceNr, long CreationTimeNanos) : IClusterMessage, IDeadLetterSuppression;
