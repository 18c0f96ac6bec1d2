using System.Collections.Immutable;
using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Groups;

/// <summary>An id was handed out; its owner has to come again with it (KIP-394).</summary>
internal sealed record MemberIdGiven(string MemberId) : GroupEvent;

/// <summary>A pending id was used up, left or expired without becoming a member.</summary>
internal sealed record MemberIdForgotten(string MemberId) : GroupEvent;

/// <summary>A member that was not there before, with its parked join.</summary>
internal sealed record MemberAdded(GroupMember Member, string ProtocolType) : GroupEvent;

/// <summary>A member came again with what it offers now.</summary>
internal sealed record MemberRejoined(
    string MemberId, ImmutableArray<GroupProtocol> Protocols, int RebalanceTimeoutMs, int SessionTimeoutMs, Ticket JoinTicket) : GroupEvent;

internal sealed record MemberRemoved(string MemberId) : GroupEvent;

/// <summary>KIP-345: the same instance under a new member id; assignment, leadership and protocols go over.</summary>
internal sealed record StaticMemberReplaced(string OldId, string NewId) : GroupEvent;

/// <summary>The join of a member was answered.</summary>
internal sealed record JoinAnswered(string MemberId) : GroupEvent;

/// <summary>A member asks for its assignment; the ticket is none when it was answered at once.</summary>
internal sealed record SyncReceived(string MemberId, Ticket Ticket) : GroupEvent;

/// <summary>All parked syncs were answered.</summary>
internal sealed record SyncsAnswered : GroupEvent;

/// <summary>A rebalance under way made the assignments void.</summary>
internal sealed record AssignmentsDropped : GroupEvent;

internal sealed record RebalanceStarted(long AtMs, InitialDelay? Delay, string Reason) : GroupEvent;

internal sealed record InitialDelayExtended(InitialDelay Delay) : GroupEvent;

internal sealed record LeaderElected(string MemberId) : GroupEvent;

/// <summary>
/// The join phase ended with members: the next generation runs under this protocol, all joins were answered, all syncs are due.
/// </summary>
internal sealed record GenerationStarted(string ProtocolName, long AtMs) : GroupEvent;
