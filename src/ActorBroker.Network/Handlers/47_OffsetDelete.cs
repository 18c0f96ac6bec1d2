using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using DeleteResponse = ActorBroker.Protocol.Messages.OffsetDeleteResponse;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Deletes a group's offsets of topics that it no longer reads (KIP-496). Partitions that the metadata does not know are refused one by
/// one, unless the group as a whole cannot be asked: then its error is all there is.
/// </summary>
public sealed class OffsetDeleteHandler(IGroupCoordinator coordinator)
    : ApiHandler<OffsetDeleteRequest, DeleteResponse>(ApiKey.OffsetDelete, 0, 0)
{
    public override async ValueTask<DeleteResponse> HandleAsync(OffsetDeleteRequest request, RequestContext context)
    {
        var known = request.Topics
            .Select(topic => new OffsetQuery(topic.Name,
                [.. topic.Partitions.Select(partition => partition.PartitionIndex).Where(index => IsKnown(context, topic.Name, index))]))
            .Where(query => !query.Partitions.IsEmpty);
        var command = new DeleteOffsets { GroupId = request.GroupId, Topics = [.. known] };
        var reply = await coordinator.DeleteOffsetsAsync(command, context.Cancel).ConfigureAwait(false);
        var response = new DeleteResponse { ErrorCode = reply.Error };
        if (reply.Error != ErrorCode.None) return response;
        var errors = reply.Topics
            .SelectMany(topic => topic.Partitions.Select(partition => (Key: (topic.Topic, partition.Partition), partition.Error)))
            .DistinctBy(item => item.Key)
            .ToDictionary(item => item.Key, item => item.Error);
        foreach (var topic in request.Topics)
        {
            var item = new DeleteResponse.OffsetDeleteResponseTopic { Name = topic.Name };
            foreach (var partition in topic.Partitions)
            {
                item.Partitions.Add(new DeleteResponse.OffsetDeleteResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = errors.GetValueOrDefault((topic.Name, partition.PartitionIndex), ErrorCode.UnknownTopicOrPartition),
                });
            }

            response.Topics.Add(item);
        }

        return response;
    }

    private static bool IsKnown(RequestContext context, string topic, int partition) =>
        context.Metadata.Topics.TryGetValue(topic, out var image) && (uint)partition < (uint)image.Partitions.Length;
}
