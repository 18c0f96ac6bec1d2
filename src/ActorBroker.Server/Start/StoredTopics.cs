using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Partitions;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Start;

/// <summary>
/// What a node found in its log directories. A node that stands alone, or the first of a new cluster, takes over topics that its metadata do
/// not know: somebody else's broker wrote them. In a cluster that exists already the metadata know better: what they do not name was deleted
/// while the node was away, and is set aside.
/// </summary>
internal sealed class StoredTopics(IReadOnlyList<StoredTopicPartition> stored, ReplicaLogs logs, ILogger log)
{
    /// <summary>True when the metadata are a cluster's that this node did not begin just now.</summary>
    public static bool BelongElsewhere(MetadataImage image, int node) => !image.Topics.IsEmpty || image.Brokers.Keys.Any(broker => broker != node);

    public async Task<KafkaError> AdoptAsync(NodeRegistration registration)
    {
        var topics = stored.GroupBy(partition => (partition.Name.Topic, partition.TopicId))
            .OrderByDescending(group => group.Count())
            .Select(group => new TopicToAdopt(group.Key.Topic, group.Key.TopicId,
                [.. group.Select(partition => new PartitionToAdopt(partition.Name.Partition, partition.DirectoryId, partition.LastLeaderEpoch))]))
            .ToList();
        if (topics.Count == 0) return KafkaError.None;
        var answer = await registration.AdoptAsync([.. topics], CancellationToken.None).ConfigureAwait(false);
        if (!answer.Error.IsNone) return answer.Error;
        foreach (var (topic, reply) in topics.Zip(answer.Reply!.Topics))
        {
            if (reply.Warning is { } warning) NodeMessages.Adopted(log, topic.Name, warning);
            else if (!reply.Error.IsNone) NodeMessages.Adopted(log, topic.Name, reply.Error.Text!);
            if (reply.Error.Code is ErrorCode.UnknownTopicId or ErrorCode.InconsistentTopicId) logs.SetAside(topic.Name, topic.TopicId);
        }

        return KafkaError.None;
    }

    public void SetAside(MetadataImage image)
    {
        foreach (var (topic, id) in stored.Select(partition => (partition.Name.Topic, partition.TopicId)).Distinct())
            if (!image.TopicsById.ContainsKey(id)) logs.SetAside(topic, id);
    }
}
