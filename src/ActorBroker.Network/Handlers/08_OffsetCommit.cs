using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using CommitResponse = ActorBroker.Protocol.Messages.OffsetCommitResponse;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Stores a group's positions. Partitions that the metadata does not know are refused one by one; the rest goes to the group. Versions up
/// to 9 name topics, version 10 identifies them (KIP-848); the stored form has both.
/// </summary>
public sealed class OffsetCommitHandler(IGroupCoordinator coordinator)
    : ApiHandler<OffsetCommitRequest, CommitResponse>(ApiKey.OffsetCommit, 2, 10)
{
    public override async ValueTask<CommitResponse> HandleAsync(OffsetCommitRequest request, RequestContext context)
    {
        var response = new CommitResponse();
        var offsets = ImmutableArray.CreateBuilder<OffsetToCommit>();
        var slots = new List<CommitResponse.OffsetCommitResponsePartition>();
        foreach (var topic in request.Topics)
        {
            var image = FindTopic(context, topic);
            var topicResponse = new CommitResponse.OffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            response.Topics.Add(topicResponse);
            foreach (var partition in topic.Partitions)
            {
                var slot = new CommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex };
                topicResponse.Partitions.Add(slot);
                if (image is null || (uint)partition.PartitionIndex >= (uint)image.Partitions.Length)
                {
                    var isIdUnknown = image is null && context.ApiVersion >= 10;
                    slot.ErrorCode = isIdUnknown ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
                    continue;
                }

                slots.Add(slot);
                offsets.Add(new OffsetToCommit(image.Name, image.Id, partition.PartitionIndex, partition.CommittedOffset,
                    partition.CommittedLeaderEpoch, partition.CommittedMetadata));
            }
        }

        if (slots.Count == 0) return response;
        var reply = await coordinator.CommitAsync(ToCommand(request, context, offsets.ToImmutable()), context.Cancel).ConfigureAwait(false);
        for (var i = 0; i < slots.Count; i++) slots[i].ErrorCode = reply.Error != ErrorCode.None ? reply.Error : reply.Errors[i];
        return response;
    }

    private static TopicImage? FindTopic(RequestContext context, OffsetCommitRequest.OffsetCommitRequestTopic topic) =>
        context.ApiVersion >= 10
            ? context.Metadata.TopicsById.GetValueOrDefault(topic.TopicId)
            : context.Metadata.Topics.GetValueOrDefault(topic.Name);

    private static CommitOffsets ToCommand(
        OffsetCommitRequest request, RequestContext context, ImmutableArray<OffsetToCommit> offsets) => new()
    {
        GroupId = request.GroupId,
        GenerationId = request.GenerationIdOrMemberEpoch,
        MemberId = request.MemberId,
        InstanceId = request.GroupInstanceId,
        RetentionTimeMs = request.RetentionTimeMs,
        KnowsGroupIdNotFound = context.ApiVersion >= 9,
        Offsets = offsets,
    };
}
