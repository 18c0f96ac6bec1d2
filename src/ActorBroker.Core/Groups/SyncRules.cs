using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>SyncGroup: parked until the leader's assignments are written, answered from them afterwards (R55).</summary>
internal static class SyncRules
{
    public static void Sync(GroupDraft draft, SyncGroup sync, Ticket ticket)
    {
        var state = draft.State;
        var error = Check(state, sync);
        if (error == ErrorCode.None && state.Phase == GroupPhase.PreparingRebalance) error = ErrorCode.RebalanceInProgress;
        if (error != ErrorCode.None)
        {
            draft.Answer(ticket, new SyncGroupReply { Error = error });
            return;
        }

        var member = state.Members[sync.MemberId];
        var isLast = state.PendingSyncs.Remove(member.Id).IsEmpty;
        if (isLast) draft.CancelTimer(GroupTimer.Sync);
        if (state.Phase == GroupPhase.Stable)
        {
            draft.Emit(new SyncReceived(member.Id, Ticket.None));
            draft.Answer(ticket, RebalanceRules.Assignment(state, member));
            return;
        }

        Park(draft, member, ticket);
        if (state.IsLeader(member.Id)) TakeAssignments(draft, sync);
    }

    /// <summary>The assignments could not be written: nobody gets one, and the members try again.</summary>
    public static void Failed(GroupDraft draft, SyncGroup sync, Ticket ticket, ErrorCode error)
    {
        Park(draft, draft.State.Members[sync.MemberId], ticket);
        draft.Emit(new AssignmentsDropped());
        RebalanceRules.AnswerSyncs(draft, error);
        RebalanceRules.StartOrProceed(draft, $"{error} when the assignments were written");
    }

    /// <summary>A member that syncs again has given its first request up.</summary>
    private static void Park(GroupDraft draft, GroupMember member, Ticket ticket)
    {
        if (member.AwaitsSync) draft.Answer(member.SyncTicket, new SyncGroupReply { Error = ErrorCode.RebalanceInProgress });
        draft.Emit(new SyncReceived(member.Id, ticket));
    }

    private static void TakeAssignments(GroupDraft draft, SyncGroup sync)
    {
        var assignments = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (memberId, assignment) in sync.Assignments) assignments[memberId] = assignment;
        foreach (var memberId in draft.State.Members.Keys) assignments.TryAdd(memberId, []);
        draft.Emit(StaticMemberRules.WrittenGeneration(draft.State, assignments));
        RebalanceRules.AnswerSyncs(draft, ErrorCode.None);
        draft.Effect(new Report($"Group {sync.GroupId} is stable with generation {draft.State.Generation}."));
    }

    private static ErrorCode Check(GroupState state, SyncGroup sync)
    {
        if (sync.GroupId.Length == 0) return ErrorCode.InvalidGroupId;
        var error = MemberChecks.Check(state, sync.MemberId, sync.InstanceId, sync.GenerationId);
        if (error != ErrorCode.None) return error;
        var isOther = Differs(sync.ProtocolType, state.ProtocolType) || Differs(sync.ProtocolName, state.ProtocolName);
        return isOther ? ErrorCode.InconsistentGroupProtocol : ErrorCode.None;
    }

    private static bool Differs(string? said, string? known) => said is not null && known is not null && said != known;
}
