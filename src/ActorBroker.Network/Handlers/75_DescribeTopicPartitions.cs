using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Describes topics page by page (KIP-966): topics in the order of their names, at most so many partitions an answer, and a cursor to where
/// the next page begins. A cursor must point at one of the topics that were asked for.
/// </summary>
public sealed class DescribeTopicPartitionsHandler(AdminServices services)
    : ApiHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(ApiKey.DescribeTopicPartitions, 0, 0)
{
    public override ValueTask<DescribeTopicPartitionsResponse> HandleAsync(DescribeTopicPartitionsRequest request, RequestContext context)
    {
        var image = context.Metadata;
        var asked = request.Topics.Select(topic => topic.Name).ToHashSet(StringComparer.Ordinal);
        var cursor = request.Cursor;
        if (cursor is not null && (cursor.PartitionIndex < 0 || (asked.Count > 0 && !asked.Contains(cursor.TopicName))))
            return new ValueTask<DescribeTopicPartitionsResponse>(Refused(request));

        var names = (asked.Count > 0 ? asked : image.Topics.Keys).Order(StringComparer.Ordinal);
        var left = Math.Max(1, Math.Min(request.ResponsePartitionLimit, services.Config.Int("max.request.partition.size.limit")));
        var response = new DescribeTopicPartitionsResponse();
        foreach (var name in names)
        {
            if (cursor is not null && string.CompareOrdinal(name, cursor.TopicName) < 0) continue;
            if (left == 0)
            {
                response.NextCursor = new DescribeTopicPartitionsResponse.Cursor { TopicName = name, PartitionIndex = 0 };
                break;
            }

            var described = Describe(image, name);
            response.Topics.Add(described);
            if (!image.Topics.TryGetValue(name, out var topic)) continue;
            var from = cursor?.TopicName == name ? cursor.PartitionIndex : 0;
            var to = (int)Math.Min(topic.Partitions.Length, (long)from + left);
            for (var i = from; i < to; i++) described.Partitions.Add(Describe(image, i, topic.Partitions[i], context.ListenerName));
            left -= Math.Max(0, to - from);
            if (to >= topic.Partitions.Length) continue;
            response.NextCursor = new DescribeTopicPartitionsResponse.Cursor { TopicName = name, PartitionIndex = to };
            break;
        }

        return new ValueTask<DescribeTopicPartitionsResponse>(response);
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Describe(MetadataImage image, string name)
    {
        var topic = image.Topics.GetValueOrDefault(name);
        return new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
        {
            ErrorCode = topic is not null ? ErrorCode.None
                : TopicName.Problem(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException,
            Name = name,
            TopicId = topic?.Id ?? Uuid.Zero,
            IsInternal = InternalTopics.Contains(name),
            TopicAuthorizedOperations = AuthorizedOperations.Topic,
        };
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition Describe(
        MetadataImage image, int index, PartitionImage partition, string listener)
    {
        var hasLeader = image.Brokers.TryGetValue(partition.Leader, out var broker) && !broker.IsFenced;
        var isReachable = hasLeader && broker!.Endpoint(listener) is not null;
        return new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition
        {
            ErrorCode = isReachable ? ErrorCode.None : hasLeader ? ErrorCode.ListenerNotFound : ErrorCode.LeaderNotAvailable,
            PartitionIndex = index,
            LeaderId = isReachable ? partition.Leader : -1,
            LeaderEpoch = partition.LeaderEpoch,
            ReplicaNodes = [.. partition.Replicas],
            IsrNodes = [.. partition.Isr],
            EligibleLeaderReplicas = [.. partition.Elr],
            LastKnownElr = [.. partition.LastKnownElr],
            OfflineReplicas = PartitionView.Offline(image, partition, listener),
        };
    }

    private static DescribeTopicPartitionsResponse Refused(DescribeTopicPartitionsRequest request)
    {
        var response = new DescribeTopicPartitionsResponse();
        foreach (var topic in request.Topics)
        {
            response.Topics.Add(new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
            {
                ErrorCode = ErrorCode.InvalidRequest, Name = topic.Name,
            });
        }

        return response;
    }
}
