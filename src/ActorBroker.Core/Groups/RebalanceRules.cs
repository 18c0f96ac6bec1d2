using System.Collections.Immutable;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// The rebalance itself: when it starts, when the join phase may end, and what follows.
///
/// The join phase ends when every known member has come again and no handed-out id is outstanding, at the latest after the longest
/// rebalance timeout of the members: who has not come by then is removed, static members excepted (their sessions decide, KIP-345).
/// The first rebalance of a group waits instead: one initial delay, and another one for as long as members keep arriving, within the
/// rebalance timeout; nothing but the timer ends that wait (KIP-134).
/// </summary>
internal static class RebalanceRules
{
    /// <summary>Something changed that members must agree on anew, or that may have been the last thing a join phase waited for.</summary>
    public static void StartOrProceed(GroupDraft draft, string reason)
    {
        if (draft.State.CanRebalance) Start(draft, reason);
        else ProceedIfEveryoneJoined(draft);
    }

    /// <summary>After members left on purpose: an empty group, where only handed-out ids can leave, has nothing to agree on.</summary>
    public static void StartOrProceedAfterLeave(GroupDraft draft, string reason)
    {
        if (draft.State.Phase is GroupPhase.Stable or GroupPhase.CompletingRebalance) Start(draft, reason);
        else ProceedIfEveryoneJoined(draft);
    }

    public static void Start(GroupDraft draft, string reason)
    {
        if (draft.State.Phase == GroupPhase.CompletingRebalance)
        {
            draft.Emit(new AssignmentsDropped());
            AnswerSyncs(draft, ErrorCode.RebalanceInProgress);
        }

        draft.CancelTimer(GroupTimer.Sync);
        var isInitial = draft.State.Phase == GroupPhase.Empty;
        InitialDelay? delay = null;
        if (isInitial)
        {
            var delayMs = draft.Settings.InitialRebalanceDelayMs;
            delay = new InitialDelay(delayMs, Math.Max(draft.State.RebalanceTimeoutMs - delayMs, 0), IsExtended: false);
            draft.StartTimer(GroupTimer.Join, delayMs);
        }

        draft.Effect(new Report($"Group {draft.State.Id} prepares to rebalance from generation {draft.State.Generation}: {reason}."));
        draft.Emit(new RebalanceStarted(draft.NowMs, delay, reason));
        if (isInitial) return;
        if (draft.State.HasEveryoneJoined) CompleteJoin(draft);
        else draft.StartTimer(GroupTimer.Join, draft.State.RebalanceTimeoutMs);
    }

    /// <summary>Ends the join phase if nothing is outstanding; never the initial one, whose delay must pass.</summary>
    public static void ProceedIfEveryoneJoined(GroupDraft draft)
    {
        var state = draft.State;
        if (state.Phase == GroupPhase.PreparingRebalance && state.InitialDelay is null && state.HasEveryoneJoined) CompleteJoin(draft);
    }

    /// <summary>As above, but a wait that nobody is left in ends too.</summary>
    public static void ProceedAfterRemoval(GroupDraft draft)
    {
        if (draft.State.Phase == GroupPhase.PreparingRebalance && draft.State.HasEveryoneJoined) CompleteJoin(draft);
    }

    /// <summary>The join timer ended: a step of the initial delay, or the rebalance timeout.</summary>
    public static void JoinTimerEnded(GroupDraft draft)
    {
        if (draft.State.Phase != GroupPhase.PreparingRebalance) return;
        if (draft.State.InitialDelay is { IsExtended: true, RemainingMs: > 0 } delay)
        {
            var nextMs = Math.Min(draft.Settings.InitialRebalanceDelayMs, delay.RemainingMs);
            var remainingMs = Math.Max(delay.RemainingMs - delay.DelayMs, 0);
            draft.Emit(new InitialDelayExtended(new InitialDelay(nextMs, remainingMs, IsExtended: false)));
            draft.StartTimer(GroupTimer.Join, nextMs);
            return;
        }

        CompleteJoin(draft);
    }

    /// <summary>Members that took part in the join phase but never asked for their assignment leave the group.</summary>
    public static void SyncTimerEnded(GroupDraft draft)
    {
        if (draft.State.Phase is not (GroupPhase.CompletingRebalance or GroupPhase.Stable) || draft.State.PendingSyncs.IsEmpty) return;
        var late = draft.State.PendingSyncs;
        foreach (var memberId in late) Remove(draft, memberId);
        Start(draft, $"no sync in time from {string.Join(", ", late)}");
    }

    /// <summary>Removes a member, whose parked requests are told that it is one no more.</summary>
    public static void Remove(GroupDraft draft, string memberId)
    {
        var member = draft.State.Members[memberId];
        if (member.AwaitsJoin) draft.Answer(member.JoinTicket, new JoinGroupReply { Error = ErrorCode.UnknownMemberId });
        if (member.AwaitsSync) draft.Answer(member.SyncTicket, new SyncGroupReply { Error = ErrorCode.UnknownMemberId });
        draft.CancelTimer(GroupTimer.Session(memberId));
        draft.Emit(new MemberRemoved(memberId));
    }

    /// <summary>
    /// Answers all parked syncs: with the assignments, or with an error. Their sessions start anew, for they were excused meanwhile.
    /// </summary>
    public static void AnswerSyncs(GroupDraft draft, ErrorCode error)
    {
        var state = draft.State;
        foreach (var member in state.Members.Values)
        {
            if (!member.AwaitsSync) continue;
            draft.Answer(member.SyncTicket, error == ErrorCode.None ? Assignment(state, member) : new SyncGroupReply { Error = error });
            draft.RestartSession(member);
        }

        draft.Emit(new SyncsAnswered());
    }

    public static SyncGroupReply Assignment(GroupState state, GroupMember member) => new()
    {
        ProtocolType = state.ProtocolType,
        ProtocolName = state.ProtocolName,
        Assignment = member.Assignment,
    };

    /// <summary>What a member learns of the generation; the leader gets the member list.</summary>
    public static JoinGroupReply Generation(GroupState state, string memberId, bool skipAssignment = false) => new()
    {
        GenerationId = state.Generation,
        ProtocolType = state.ProtocolType,
        ProtocolName = state.ProtocolName,
        LeaderId = state.LeaderId ?? "",
        MemberId = memberId,
        SkipAssignment = skipAssignment,
        Members = state.IsLeader(memberId) ? MembersOf(state) : [],
    };

    private static ImmutableArray<JoinedMember> MembersOf(GroupState state) =>
    [
        .. state.Members.Values.Select(member => new JoinedMember(member.Id, member.InstanceId, member.MetadataOf(state.ProtocolName))),
    ];

    private static void CompleteJoin(GroupDraft draft)
    {
        draft.CancelTimer(GroupTimer.Join);
        var late = draft.State.Members.Values.Where(member => !member.AwaitsJoin && !member.IsStatic).ToList();
        foreach (var member in late) Remove(draft, member.Id);
        if (late.Count > 0)
        {
            var who = string.Join(", ", late.Select(member => member.Id));
            draft.Effect(new Report($"Group {draft.State.Id} removed members that did not rejoin in time: {who}."));
        }

        if (draft.State.Members.IsEmpty)
        {
            BecomeEmpty(draft);
        }
        else if (!ElectLeaderThatJoined(draft))
        {
            // Static members alone are left and none has come: they keep their places until their sessions end.
            draft.StartTimer(GroupTimer.Join, draft.State.RebalanceTimeoutMs);
        }
        else
        {
            StartGeneration(draft);
        }
    }

    private static void BecomeEmpty(GroupDraft draft)
    {
        var state = draft.State;
        draft.Emit(new GroupMetadataWritten
        {
            GroupId = state.Id,
            ProtocolType = state.ProtocolType ?? "",
            Generation = state.Generation + 1,
            PhaseSinceMs = draft.NowMs,
        });
        draft.Effect(new Report($"Group {state.Id} is empty with generation {state.Generation + 1}."));
    }

    private static bool ElectLeaderThatJoined(GroupDraft draft)
    {
        var state = draft.State;
        if (state.LeaderId is not null && state.Member(state.LeaderId) is { AwaitsJoin: true }) return true;
        var heir = state.Members.Values.FirstOrDefault(member => member.AwaitsJoin);
        if (heir is null) return false;
        draft.Emit(new LeaderElected(heir.Id));
        return true;
    }

    private static void StartGeneration(GroupDraft draft)
    {
        var waiting = draft.State.Members;
        draft.Emit(new GenerationStarted(draft.State.SelectProtocol(), draft.NowMs));
        var state = draft.State;
        foreach (var member in waiting.Values)
        {
            if (member.AwaitsJoin) draft.Answer(member.JoinTicket, Generation(state, member.Id));
            draft.RestartSession(member);
        }

        draft.StartTimer(GroupTimer.Sync, state.RebalanceTimeoutMs);
        draft.Effect(new Report(
            $"Group {state.Id} starts generation {state.Generation} with {state.Members.Count} members, protocol {state.ProtocolName}."));
    }
}
