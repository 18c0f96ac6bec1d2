using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// What ends by itself or by an operator: offsets that nobody needs any more (KIP-211, R59), offsets of deleted topics, groups.
///
/// The retention counts from when a group lost its last member; for a group that never had members, and for topics that a stable consumer
/// group no longer reads, from the commit itself. A commit that asked for a life time of its own ends at that time. A group that is
/// rebalancing keeps everything. An empty group without offsets disappears.
/// </summary>
internal static class ExpiryRules
{
    /// <summary>A decision is written as one batch, which has its limit; the rest goes with the next sweep.</summary>
    private const int MaxRemovedAtOnce = 4_000;

    public static void Expire(GroupDraft draft)
    {
        var state = draft.State;
        if (!state.Exists) return;
        var removed = 0;
        foreach (var (topic, offsets) in draft.Offsets.Topics)
        {
            foreach (var (partition, offset) in offsets)
            {
                if (removed == MaxRemovedAtOnce || !IsExpired(draft, topic, offset)) continue;
                OffsetRules.Remove(draft, topic, partition);
                removed++;
            }
        }

        if (removed == draft.Offsets.Count && state.Phase == GroupPhase.Empty && state.PendingJoins.IsEmpty) RemoveGroup(draft);
    }

    public static void TopicsDeleted(GroupDraft draft, TopicsDeleted deleted)
    {
        foreach (var topic in deleted.Topics)
            if (draft.Offsets.Topic(topic) is { } offsets)
                foreach (var partition in offsets.Keys) OffsetRules.Remove(draft, topic, partition);
    }

    public static void Delete(GroupDraft draft, Ticket ticket)
    {
        var error = draft.State.Phase switch
        {
            GroupPhase.Dead => ErrorCode.GroupIdNotFound,
            GroupPhase.Empty => ErrorCode.None,
            _ => ErrorCode.NonEmptyGroup,
        };
        if (error == ErrorCode.None)
        {
            OffsetRules.RemoveAll(draft);
            RemoveGroup(draft);
        }

        draft.Answer(ticket, new DeleteGroupReply { Error = error });
    }

    private static void RemoveGroup(GroupDraft draft)
    {
        draft.Emit(new GroupRemoved { GroupId = draft.State.Id });
        draft.Effect(new CancelAllTimers());
        draft.Effect(new Report($"Group {draft.State.Id} is removed."));
    }

    private static bool IsExpired(GroupDraft draft, string topic, CommittedOffset offset)
    {
        var state = draft.State;
        if (state.IsSubscribedTo(topic)) return false;
        var countsFromCommit = state.ProtocolType is null || state is { Phase: GroupPhase.Stable, SubscribedTopics: not null };
        if (!countsFromCommit && state.Phase != GroupPhase.Empty) return false;
        var sinceMs = countsFromCommit || state.PhaseSinceMs == -1 ? offset.CommitTimestampMs : state.PhaseSinceMs;
        return offset.ExpireTimestampMs == -1
            ? draft.NowMs - sinceMs >= draft.Settings.OffsetsRetentionMs
            : draft.NowMs >= offset.ExpireTimestampMs;
    }
}
