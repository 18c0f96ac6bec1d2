using System.Collections.Immutable;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// Static membership (KIP-345): a client that restarts comes back with its instance id and without a member id. It gets a new member id in
/// the old one's place; whoever still uses the old id is fenced. In a stable group whose next protocol stays the same this costs no
/// rebalance: the group is written with the new id and the member continues with the old assignment; a leader is told to skip
/// assigning (KIP-814) or, when its version cannot hear that, that somebody else leads.
/// </summary>
internal static class StaticMemberRules
{
    public static void Replace(GroupDraft draft, JoinGroup join, GroupMember held, string newId, Ticket ticket)
    {
        var leaderBefore = draft.State.LeaderId;
        if (held.AwaitsJoin) JoinRules.Refuse(draft, held.JoinTicket, ErrorCode.FencedInstanceId, held.Id);
        if (held.AwaitsSync) draft.Answer(held.SyncTicket, new SyncGroupReply { Error = ErrorCode.FencedInstanceId });
        draft.CancelTimer(GroupTimer.Session(held.Id));
        draft.Emit(new StaticMemberReplaced(held.Id, newId));
        JoinRules.Rejoin(draft, join, draft.State.Members[newId], ticket);
        draft.StartTimer(GroupTimer.Session(newId), join.SessionTimeoutMs);
        draft.Effect(new Report($"Group {join.GroupId}: static member {join.InstanceId} goes over from {held.Id} to {newId}."));

        switch (draft.State.Phase)
        {
            case GroupPhase.Stable when draft.State.SelectProtocol() == draft.State.ProtocolName:
                KeepAssignment(draft, join, newId, leaderBefore, ticket);
                break;
            case GroupPhase.Stable:
                RebalanceRules.StartOrProceed(draft, $"static member {join.InstanceId} changes the protocol{JoinRules.Because(join)}");
                break;
            case GroupPhase.CompletingRebalance:
                // The leader may already be assigning to the old id: its answer would name a member that is gone.
                RebalanceRules.Start(draft, $"static member {join.InstanceId} came back{JoinRules.Because(join)}");
                break;
            default:
                RebalanceRules.ProceedIfEveryoneJoined(draft);
                break;
        }
    }

    private static void KeepAssignment(GroupDraft draft, JoinGroup join, string newId, string? leaderBefore, Ticket ticket)
    {
        draft.Emit(new JoinAnswered(newId));
        draft.Emit(WrittenGeneration(draft.State, ImmutableDictionary<string, byte[]>.Empty));
        var state = draft.State;
        draft.Answer(ticket, join.SupportsSkippingAssignment
            ? RebalanceRules.Generation(state, newId, state.IsLeader(newId))
            : RebalanceRules.Generation(state, newId) with { LeaderId = leaderBefore ?? "", Members = [] });
    }

    /// <summary>
    /// The generation as the log gets it, with the given assignments or, where none is given, the ones that members have.
    /// </summary>
    public static GroupMetadataWritten WrittenGeneration(GroupState state, IReadOnlyDictionary<string, byte[]> assignments) => new()
    {
        GroupId = state.Id,
        ProtocolType = state.ProtocolType ?? "",
        Generation = state.Generation,
        ProtocolName = state.ProtocolName,
        LeaderId = state.LeaderId,
        PhaseSinceMs = state.PhaseSinceMs,
        Members =
        [
            .. state.Members.Values.Select(member => new WrittenMember
            {
                Id = member.Id,
                InstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeoutMs = member.RebalanceTimeoutMs,
                SessionTimeoutMs = member.SessionTimeoutMs,
                Subscription = member.MetadataOf(state.ProtocolName),
                Assignment = assignments.GetValueOrDefault(member.Id) ?? member.Assignment,
            }),
        ],
    };
}
