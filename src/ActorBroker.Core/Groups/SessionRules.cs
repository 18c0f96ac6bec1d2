using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>Heartbeats, ended sessions, and leaving on purpose.</summary>
internal static class SessionRules
{
    /// <summary>REBALANCE_IN_PROGRESS tells the member to join again, and keeps its session all the same (R53).</summary>
    public static void Heartbeat(GroupDraft draft, Heartbeat heartbeat, Ticket ticket)
    {
        var state = draft.State;
        var error = heartbeat.GroupId.Length == 0
            ? ErrorCode.InvalidGroupId
            : MemberChecks.Check(state, heartbeat.MemberId, heartbeat.InstanceId, heartbeat.GenerationId);
        if (error == ErrorCode.None)
        {
            draft.RestartSession(state.Members[heartbeat.MemberId]);
            if (state.Phase == GroupPhase.PreparingRebalance) error = ErrorCode.RebalanceInProgress;
        }

        draft.Answer(ticket, new HeartbeatReply { Error = error });
    }

    /// <summary>A session ended without a heartbeat, or the owner of a handed-out id never came.</summary>
    public static void SessionEnded(GroupDraft draft, string memberId)
    {
        if (draft.State.PendingJoins.Contains(memberId))
        {
            draft.Emit(new MemberIdForgotten(memberId));
            RebalanceRules.ProceedAfterRemoval(draft);
            return;
        }

        if (draft.State.Member(memberId) is not { IsExcusedFromHeartbeats: false }) return;
        RebalanceRules.Remove(draft, memberId);
        if (draft.State.Phase == GroupPhase.PreparingRebalance) RebalanceRules.ProceedAfterRemoval(draft);
        else RebalanceRules.StartOrProceed(draft, $"no heartbeat from member {memberId}");
    }

    public static void Leave(GroupDraft draft, LeaveGroup leave, Ticket ticket)
    {
        if (leave.GroupId.Length == 0)
        {
            draft.Answer(ticket, new LeaveGroupReply { Error = ErrorCode.InvalidGroupId });
            return;
        }

        var left = new List<LeftMember>(leave.Members.Length);
        foreach (var member in leave.Members) left.Add(new LeftMember(member.MemberId, member.InstanceId, LeaveOne(draft, member)));
        if (left.Exists(member => member.Error == ErrorCode.None))
        {
            var who = leave.Members.Select(member => $"{member.InstanceId ?? member.MemberId}: {member.Reason ?? "no reason given"}");
            RebalanceRules.StartOrProceedAfterLeave(draft, $"members left ({string.Join(", ", who)})");
        }

        draft.Answer(ticket, new LeaveGroupReply { Members = [.. left] });
    }

    private static ErrorCode LeaveOne(GroupDraft draft, LeavingMember leaving)
    {
        var state = draft.State;
        if (leaving.MemberId.Length == 0)
        {
            // An operator removes a static member by its instance id.
            if (leaving.InstanceId is null || state.StaticMember(leaving.InstanceId) is not { } held) return ErrorCode.UnknownMemberId;
            RebalanceRules.Remove(draft, held.Id);
            return ErrorCode.None;
        }

        if (state.PendingJoins.Contains(leaving.MemberId))
        {
            draft.CancelTimer(GroupTimer.Session(leaving.MemberId));
            draft.Emit(new MemberIdForgotten(leaving.MemberId));
            return ErrorCode.None;
        }

        var error = MemberChecks.Check(state, leaving.MemberId, leaving.InstanceId);
        if (error == ErrorCode.None) RebalanceRules.Remove(draft, leaving.MemberId);
        return error;
    }
}
