using System.Collections.Immutable;
using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Groups;

/// <summary>
/// The one place where membership changes: state and event in, next state out. Live and replayed events go the same way. A written
/// generation replaces the durable part and keeps what is volatile of the members it knows (parked requests, protocols not chosen).
/// </summary>
internal static class GroupTransitions
{
    public static GroupState Apply(GroupState state, GroupEvent change) => change switch
    {
        GroupMetadataWritten written => Written(state, written),
        GroupRemoved => new GroupState { Id = state.Id },
        MemberIdGiven given => state with { PendingJoins = state.PendingJoins.Add(given.MemberId) },
        MemberIdForgotten forgotten => state with { PendingJoins = state.PendingJoins.Remove(forgotten.MemberId) },
        MemberAdded added => Added(state, added),
        MemberRejoined rejoined => Update(state, rejoined.MemberId, member => member with
        {
            Protocols = rejoined.Protocols,
            RebalanceTimeoutMs = rejoined.RebalanceTimeoutMs,
            SessionTimeoutMs = rejoined.SessionTimeoutMs,
            JoinTicket = rejoined.JoinTicket,
        }),
        MemberRemoved removed => Removed(state, removed.MemberId),
        StaticMemberReplaced replaced => Replaced(state, replaced),
        JoinAnswered answered => Update(state, answered.MemberId, member => member with { JoinTicket = Ticket.None }),
        SyncReceived received => Update(state, received.MemberId, member => member with { SyncTicket = received.Ticket }) with
        {
            PendingSyncs = state.PendingSyncs.Remove(received.MemberId),
        },
        SyncsAnswered => UpdateAll(state, member => member with { SyncTicket = Ticket.None }),
        AssignmentsDropped => UpdateAll(state, member => member with { Assignment = [] }),
        RebalanceStarted started => state with
        {
            Phase = Legal(state, state.CanRebalance, GroupPhase.PreparingRebalance),
            PreviousPhase = state.Phase,
            PhaseSinceMs = started.AtMs,
            InitialDelay = started.Delay,
            PendingSyncs = state.PendingSyncs.Clear(),
        },
        InitialDelayExtended extended => state with { InitialDelay = extended.Delay },
        LeaderElected elected => state with { LeaderId = elected.MemberId },
        GenerationStarted started => Started(state, started),
        _ => throw new InvalidOperationException($"Group {state.Id}: unknown event {change.GetType().Name}."),
    };

    private static GroupPhase Legal(GroupState state, bool isLegal, GroupPhase next) =>
        isLegal ? next : throw new InvalidOperationException($"Group {state.Id} cannot go from {state.Phase} to {next}.");

    private static GroupState Written(GroupState state, GroupMetadataWritten written)
    {
        var members = ImmutableSortedDictionary.CreateBuilder<string, GroupMember>(StringComparer.Ordinal);
        foreach (var member in written.Members)
        {
            members[member.Id] = state.Member(member.Id) is { } known
                ? known with { Assignment = member.Assignment }
                : FromLog(member, written.ProtocolName);
        }

        var next = state with
        {
            Phase = written.Members.IsEmpty ? GroupPhase.Empty : GroupPhase.Stable,
            PreviousPhase = state.Phase,
            PhaseSinceMs = written.PhaseSinceMs,
            ProtocolType = written.ProtocolType.Length == 0 ? null : written.ProtocolType,
            ProtocolName = written.ProtocolName,
            Generation = written.Generation,
            LeaderId = written.LeaderId,
            Members = members.ToImmutable(),
            InitialDelay = null,
            PendingSyncs = state.PendingSyncs.Intersect(members.Keys),
        };
        return next with { SubscribedTopics = ConsumerSubscriptions.Collect(next) };
    }

    private static GroupMember FromLog(WrittenMember member, string? protocolName) => new()
    {
        Id = member.Id,
        InstanceId = member.InstanceId,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        RebalanceTimeoutMs = member.RebalanceTimeoutMs,
        SessionTimeoutMs = member.SessionTimeoutMs,
        Protocols = protocolName is null ? [] : [new GroupProtocol(protocolName, member.Subscription)],
        Assignment = member.Assignment,
    };

    private static GroupState Added(GroupState state, MemberAdded added)
    {
        var delay = state.InitialDelay;
        return state with
        {
            ProtocolType = state.Members.IsEmpty ? added.ProtocolType : state.ProtocolType,
            LeaderId = state.LeaderId ?? added.Member.Id,
            Members = state.Members.Add(added.Member.Id, added.Member),
            PendingJoins = state.PendingJoins.Remove(added.Member.Id),
            InitialDelay = delay is null ? null : delay with { IsExtended = true },
        };
    }

    private static GroupState Removed(GroupState state, string memberId)
    {
        var members = state.Members.Remove(memberId);
        return state with
        {
            Members = members,
            LeaderId = state.IsLeader(memberId) ? members.Keys.FirstOrDefault() : state.LeaderId,
            PendingSyncs = state.PendingSyncs.Remove(memberId),
        };
    }

    private static GroupState Replaced(GroupState state, StaticMemberReplaced replaced)
    {
        var old = state.Members[replaced.OldId];
        var heir = old with { Id = replaced.NewId, IsNew = false, JoinTicket = Ticket.None, SyncTicket = Ticket.None };
        return state with
        {
            Members = state.Members.Remove(replaced.OldId).Add(heir.Id, heir),
            LeaderId = state.IsLeader(replaced.OldId) ? heir.Id : state.LeaderId,
            PendingSyncs = state.PendingSyncs.Remove(replaced.OldId),
        };
    }

    private static GroupState Started(GroupState state, GenerationStarted started)
    {
        var next = UpdateAll(state, member => member with { IsNew = false, JoinTicket = Ticket.None }) with
        {
            Phase = Legal(state, state.Phase == GroupPhase.PreparingRebalance, GroupPhase.CompletingRebalance),
            PreviousPhase = state.Phase,
            PhaseSinceMs = started.AtMs,
            ProtocolName = started.ProtocolName,
            Generation = state.Generation + 1,
            InitialDelay = null,
            PendingSyncs = ImmutableSortedSet.CreateRange(StringComparer.Ordinal, state.Members.Keys),
        };
        return next with { SubscribedTopics = ConsumerSubscriptions.Collect(next) };
    }

    private static GroupState Update(GroupState state, string memberId, Func<GroupMember, GroupMember> change) =>
        state with { Members = state.Members.SetItem(memberId, change(state.Members[memberId])) };

    private static GroupState UpdateAll(GroupState state, Func<GroupMember, GroupMember> change)
    {
        var members = state.Members.ToBuilder();
        foreach (var (id, member) in state.Members) members[id] = change(member);
        return state with { Members = members.ToImmutable() };
    }
}
