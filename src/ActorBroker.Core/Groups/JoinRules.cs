using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>JoinGroup of members, known and unknown, dynamic ones; static ones continue in <see cref="StaticMemberRules"/> (R54).</summary>
internal static class JoinRules
{
    public static void Join(GroupDraft draft, JoinGroup join, Ticket ticket)
    {
        var settings = draft.Settings;
        if (join.GroupId.Length == 0)
        {
            Refuse(draft, ticket, ErrorCode.InvalidGroupId, join.MemberId);
            return;
        }

        if (join.SessionTimeoutMs < settings.MinSessionTimeoutMs || join.SessionTimeoutMs > settings.MaxSessionTimeoutMs)
        {
            Refuse(draft, ticket, ErrorCode.InvalidSessionTimeout, join.MemberId);
            return;
        }

        if (!draft.State.Exists)
        {
            if (join.MemberId.Length > 0)
            {
                Refuse(draft, ticket, ErrorCode.UnknownMemberId, join.MemberId);
                return;
            }

            draft.Emit(new GroupMetadataWritten { GroupId = join.GroupId, PhaseSinceMs = draft.NowMs });
        }

        if (!HasRoom(draft, join.MemberId))
        {
            if (draft.State.Members.ContainsKey(join.MemberId)) RebalanceRules.Remove(draft, join.MemberId);
            else ForgetPending(draft, join.MemberId);
            Refuse(draft, ticket, ErrorCode.GroupMaxSizeReached, "");
        }
        else if (join.MemberId.Length == 0)
        {
            NewMember(draft, join, ticket);
        }
        else
        {
            KnownMember(draft, join, ticket);
        }
    }

    /// <summary>Adds a member with its parked join; the group must have room for it and fit it.</summary>
    public static void Add(GroupDraft draft, JoinGroup join, string memberId, Ticket ticket)
    {
        draft.Emit(new MemberAdded(
            new GroupMember
            {
                Id = memberId,
                InstanceId = join.InstanceId,
                ClientId = join.ClientId,
                ClientHost = join.ClientHost,
                RebalanceTimeoutMs = join.RebalanceTimeoutMs,
                SessionTimeoutMs = join.SessionTimeoutMs,
                Protocols = join.Protocols,
                IsNew = true,
                JoinTicket = ticket,
            },
            join.ProtocolType));

        // It cannot send heartbeats before it knows its id, and a parked connection does not show that its client is gone: a client
        // that retries again and again would fill the group with dead members if new ones were not given up after a while.
        draft.StartTimer(GroupTimer.Session(memberId), draft.Settings.NewMemberJoinTimeoutMs);
        RebalanceRules.StartOrProceed(draft, $"new member {memberId}{Because(join)}");
    }

    /// <summary>Takes over what a member offers now and parks its join.</summary>
    public static void Rejoin(GroupDraft draft, JoinGroup join, GroupMember member, Ticket ticket)
    {
        if (member.AwaitsJoin) Refuse(draft, member.JoinTicket, ErrorCode.RebalanceInProgress, member.Id);
        draft.Emit(new MemberRejoined(member.Id, join.Protocols, join.RebalanceTimeoutMs, join.SessionTimeoutMs, ticket));
    }

    public static void Refuse(GroupDraft draft, Ticket ticket, ErrorCode error, string memberId) =>
        draft.Answer(ticket, new JoinGroupReply { Error = error, MemberId = memberId });

    public static string Because(JoinGroup join) => string.IsNullOrEmpty(join.Reason) ? "" : $"; client: {join.Reason}";

    private static void NewMember(GroupDraft draft, JoinGroup join, Ticket ticket)
    {
        if (!draft.State.Fits(join.ProtocolType, join.Protocols))
        {
            Refuse(draft, ticket, ErrorCode.InconsistentGroupProtocol, "");
            return;
        }

        var memberId = $"{join.InstanceId ?? join.ClientId}-{join.FreshId}";
        if (join.InstanceId is not null)
        {
            if (draft.State.StaticMember(join.InstanceId) is { } held) StaticMemberRules.Replace(draft, join, held, memberId, ticket);
            else Add(draft, join, memberId, ticket);
        }
        else if (join.RequiresKnownMemberId)
        {
            draft.Emit(new MemberIdGiven(memberId));
            draft.StartTimer(GroupTimer.Session(memberId), join.SessionTimeoutMs);
            Refuse(draft, ticket, ErrorCode.MemberIdRequired, memberId);
        }
        else
        {
            Add(draft, join, memberId, ticket);
        }
    }

    private static void KnownMember(GroupDraft draft, JoinGroup join, Ticket ticket)
    {
        var state = draft.State;
        if (!state.Fits(join.ProtocolType, join.Protocols))
        {
            Refuse(draft, ticket, ErrorCode.InconsistentGroupProtocol, join.MemberId);
            return;
        }

        if (state.PendingJoins.Contains(join.MemberId))
        {
            // Ids are handed out to dynamic members only: an instance id on top of one is a client's mistake.
            if (join.InstanceId is null) Add(draft, join, join.MemberId, ticket);
            else Refuse(draft, ticket, ErrorCode.UnknownMemberId, join.MemberId);
            return;
        }

        var error = MemberChecks.Check(state, join.MemberId, join.InstanceId);
        if (error != ErrorCode.None)
        {
            Refuse(draft, ticket, error, join.MemberId);
            return;
        }

        var member = state.Members[join.MemberId];
        var mustRebalance = state.Phase switch
        {
            GroupPhase.PreparingRebalance => true,

            // The same metadata again: the answer to the first join was lost on its way.
            GroupPhase.CompletingRebalance => !member.Matches(join.Protocols),

            // A leader that joins wants a new assignment for reasons that do not show in its metadata, such as new partitions.
            GroupPhase.Stable => state.IsLeader(member.Id) || !member.Matches(join.Protocols),
            _ => throw new InvalidOperationException($"Group {state.Id} has member {member.Id} in phase {state.Phase}."),
        };
        if (!mustRebalance)
        {
            draft.Answer(ticket, RebalanceRules.Generation(state, member.Id));
            return;
        }

        Rejoin(draft, join, member, ticket);
        RebalanceRules.StartOrProceed(draft, $"member {member.Id} joins again{Because(join)}");
    }

    /// <summary>
    /// While joins are parked their number counts, not that of the members: so the last ones to come are turned away, and a group
    /// that has become too large by configuration shrinks.
    /// </summary>
    private static bool HasRoom(GroupDraft draft, string memberId)
    {
        var state = draft.State;
        return state.Phase switch
        {
            GroupPhase.PreparingRebalance => state.Member(memberId) is { AwaitsJoin: true } || state.AwaitingJoins < draft.Settings.MaxSize,
            GroupPhase.CompletingRebalance or GroupPhase.Stable =>
                state.Members.ContainsKey(memberId) || state.Members.Count < draft.Settings.MaxSize,
            _ => true,
        };
    }

    private static void ForgetPending(GroupDraft draft, string memberId)
    {
        if (!draft.State.PendingJoins.Contains(memberId)) return;
        draft.CancelTimer(GroupTimer.Session(memberId));
        draft.Emit(new MemberIdForgotten(memberId));
    }
}
