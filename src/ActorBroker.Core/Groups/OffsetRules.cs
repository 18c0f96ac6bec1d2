using System.Collections.Immutable;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>Committing, fetching and deleting offsets (R58, KIP-496).</summary>
internal static class OffsetRules
{
    /// <summary>
    /// Stores the offsets whose metadata is not too long. A commit of a member keeps its session alive, as a heartbeat does.
    /// Whether topics exist the handler has checked.
    /// </summary>
    public static void Commit(GroupDraft draft, CommitOffsets commit, Ticket ticket)
    {
        var error = Check(draft.State, commit);
        if (error != ErrorCode.None)
        {
            draft.Answer(ticket, new CommitOffsetsReply { Error = error });
            return;
        }

        if (draft.State.Phase is GroupPhase.Stable or GroupPhase.PreparingRebalance)
            draft.RestartSession(draft.State.Members[commit.MemberId]);
        var expireMs = commit.RetentionTimeMs == -1 ? -1 : draft.NowMs + commit.RetentionTimeMs;
        var errors = ImmutableArray.CreateBuilder<ErrorCode>(commit.Offsets.Length);
        foreach (var offset in commit.Offsets)
        {
            var metadata = offset.Metadata ?? "";
            var isTooLong = metadata.Length > draft.Settings.OffsetMetadataMaxLength;
            errors.Add(isTooLong ? ErrorCode.OffsetMetadataTooLarge : ErrorCode.None);
            if (isTooLong) continue;
            draft.EmitOffset(new OffsetCommitted
            {
                GroupId = commit.GroupId,
                Topic = offset.Topic,
                Partition = offset.Partition,
                Value = new CommittedOffset(offset.Offset, offset.LeaderEpoch, metadata, draft.NowMs, expireMs, offset.TopicId),
            });
        }

        draft.Answer(ticket, new CommitOffsetsReply { Errors = errors.MoveToImmutable() });
    }

    public static void Fetch(GroupDraft draft, FetchOffsets fetch, Ticket ticket)
    {
        var topics = ImmutableArray.CreateBuilder<FetchedTopic>();
        if (fetch.Topics is { } asked)
        {
            foreach (var query in asked)
            {
                var partitions = query.Partitions.Select(partition => Fetched(draft.Offsets, query.Topic, partition));
                topics.Add(new FetchedTopic(query.Topic, [.. partitions]));
            }
        }
        else
        {
            foreach (var (topic, offsets) in draft.Offsets.Topics)
                topics.Add(new FetchedTopic(topic, [.. offsets.Select(offset => Fetched(offset.Key, offset.Value))]));
        }

        draft.Answer(ticket, new FetchOffsetsReply { Topics = topics.ToImmutable() });
    }

    /// <summary>
    /// Deletes offsets of topics that nobody in the group is subscribed to; an offset that is not there is deleted already.
    /// </summary>
    public static void Delete(GroupDraft draft, DeleteOffsets delete, Ticket ticket)
    {
        var error = DeletionError(draft.State, delete.GroupId);
        if (error != ErrorCode.None)
        {
            draft.Answer(ticket, new DeleteOffsetsReply { Error = error });
            return;
        }

        var topics = ImmutableArray.CreateBuilder<DeletedTopicOffsets>(delete.Topics.Length);
        foreach (var query in delete.Topics)
        {
            var isInUse = draft.State.IsSubscribedTo(query.Topic);
            var topicError = isInUse ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None;
            var deleted = query.Partitions.Select(partition => new DeletedOffset(partition, topicError));
            topics.Add(new DeletedTopicOffsets(query.Topic, [.. deleted]));
            if (isInUse) continue;
            foreach (var partition in query.Partitions.Distinct())
                if (draft.Offsets.TryGet(query.Topic, partition, out _)) Remove(draft, query.Topic, partition);
        }

        draft.Answer(ticket, new DeleteOffsetsReply { Topics = topics.MoveToImmutable() });
    }

    public static void Remove(GroupDraft draft, string topic, int partition) =>
        draft.EmitOffset(new OffsetRemoved { GroupId = draft.State.Id, Topic = topic, Partition = partition });

    public static void RemoveAll(GroupDraft draft)
    {
        foreach (var (topic, offsets) in draft.Offsets.Topics)
            foreach (var partition in offsets.Keys) Remove(draft, topic, partition);
    }

    private static FetchedOffset Fetched(OffsetTable offsets, string topic, int partition) =>
        offsets.TryGet(topic, partition, out var offset) ? Fetched(partition, offset) : FetchedOffset.None(partition);

    private static FetchedOffset Fetched(int partition, CommittedOffset offset) =>
        new(partition, offset.Offset, offset.LeaderEpoch, offset.Metadata, ErrorCode.None);

    /// <summary>
    /// A consumer that manages its partitions itself commits without generation, and only into a group without members. Members
    /// commit under their generation, also while a rebalance is being prepared, but not once its outcome is known and not yet assigned.
    /// </summary>
    private static ErrorCode Check(GroupState state, CommitOffsets commit)
    {
        if (!state.Exists)
        {
            if (commit.GenerationId < 0) return ErrorCode.None;
            return commit.KnowsGroupIdNotFound ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration;
        }

        if (commit.GenerationId < 0 && state.Phase == GroupPhase.Empty) return ErrorCode.None;
        if (commit.GenerationId < 0 && commit.MemberId.Length == 0 && commit.InstanceId is null) return ErrorCode.UnknownMemberId;
        var error = MemberChecks.Check(state, commit.MemberId, commit.InstanceId, commit.GenerationId);
        if (error != ErrorCode.None) return error;
        return state.Phase == GroupPhase.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private static ErrorCode DeletionError(GroupState state, string groupId)
    {
        if (groupId.Length == 0) return ErrorCode.InvalidGroupId;
        if (!state.Exists) return ErrorCode.GroupIdNotFound;
        return state.Phase == GroupPhase.Empty || state.IsConsumerGroup ? ErrorCode.None : ErrorCode.NonEmptyGroup;
    }
}
