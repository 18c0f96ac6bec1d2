using System.Collections.Immutable;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Takes over the topics of a data directory that another Kafka has written. Names come from directory names, ids from
/// <c>partition.metadata</c>; the configs were in that Kafka's own metadata and are not known here, so the topic gets the defaults, the
/// internal topics what they need, and the operator a warning. Only a broker that has never served may bring topics along: later on an
/// unknown topic is one that was deleted while its directory could not be, and it stays deleted. A partition whose directory is missing is
/// made empty: its number is taken. Leadership starts above the highest epoch in the log, or readers would take old epochs for new ones.
/// Producer ids start
/// beyond those that the logs may know, or the first records of a new producer would be taken for duplicates of an old one's and dropped.
/// </summary>
internal static class AdoptionPlanner
{
    public static Decision<MetadataRecord, ControllerReply, NoEffect> Adopt(ControllerState state, AdoptTopics command)
    {
        var records = new List<MetadataRecord>();
        var replies = ImmutableArray.CreateBuilder<AdoptedTopic>(command.Topics.Length);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var topic in command.Topics)
        {
            replies.Add(names.Add(topic.Name) ? AdoptOne(state, command.BrokerId, topic, records) : Twice(topic));
        }
        if (records.Count > 0 && command.FirstFreeProducerId > state.Image.NextProducerId)
            records.Add(new ProducerIdsAllocated(command.BrokerId, command.FirstFreeProducerId));
        return Decided.With(records, new AdoptTopicsReply(replies.ToImmutable()));
    }

    private static AdoptedTopic Twice(TopicToAdopt topic) => new(topic.Name, topic.TopicId, false, new KafkaError(
        ErrorCode.InconsistentTopicId, $"Topic '{topic.Name}' has directories of several ids; {topic.TopicId} is not the one that was taken."), null);

    private static AdoptedTopic AdoptOne(ControllerState state, int brokerId, TopicToAdopt topic, List<MetadataRecord> records)
    {
        if (TopicName.Problem(topic.Name) is { } problem)
            return new AdoptedTopic(topic.Name, topic.TopicId, false, new KafkaError(ErrorCode.InvalidTopicException, problem), null);
        if (state.Image.Topics.TryGetValue(topic.Name, out var known))
        {
            var error = known.Id == topic.TopicId ? KafkaError.None : new KafkaError(ErrorCode.InconsistentTopicId,
                $"Topic '{topic.Name}' is registered with id {known.Id}, its directory has {topic.TopicId}.");
            return new AdoptedTopic(topic.Name, known.Id, false, error, null);
        }
        if (state.Image.Brokers.TryGetValue(brokerId, out var broker) && broker.HasServed)
        {
            return new AdoptedTopic(topic.Name, topic.TopicId, false, new KafkaError(ErrorCode.UnknownTopicId,
                $"Topic '{topic.Name}' with id {topic.TopicId} does not exist any more; its directory was left over when it was deleted."),
                    null);
        }
        if (topic.TopicId == Uuid.Zero || state.Image.TopicsById.ContainsKey(topic.TopicId))
        {
            return new AdoptedTopic(topic.Name, topic.TopicId, false,
                new KafkaError(ErrorCode.InconsistentTopicId, $"Topic id {topic.TopicId} of '{topic.Name}' is taken."), null);
        }

        var found = topic.Partitions.ToDictionary(partition => partition.Partition);
        var count = found.Keys.Max() + 1;
        ImmutableArray<int> replicas = [brokerId];
        var partitions = ImmutableArray.CreateBuilder<PartitionImage>(count);
        for (var i = 0; i < count; i++)
        {
            var exists = found.TryGetValue(i, out var partition);
            partitions.Add(new PartitionImage(
                replicas, replicas, brokerId, exists ? partition.LastLeaderEpoch + 1 : 0, 0, [exists ? partition.Directory : Uuid.Zero]));
        }
        records.Add(new TopicCreated(topic.Name, topic.TopicId));
        foreach (var (name, value) in InternalTopicSettings.ConfigsOf(topic.Name, state.Config))
            records.Add(new ConfigChanged(new ConfigResource(ConfigResourceType.Topic, topic.Name), name, value));
        records.Add(new PartitionsAdded(topic.TopicId, partitions.MoveToImmutable()));
        return new AdoptedTopic(topic.Name, topic.TopicId, true, KafkaError.None, Warning(topic, found.Count, count));
    }

    private static string? Warning(TopicToAdopt topic, int found, int count)
    {
        var words = new List<string>();
        if (!InternalTopics.Contains(topic.Name)) words.Add("its configs are not known and have their defaults");
        if (found < count) words.Add($"{count - found} of its {count} partitions have no directory here and start empty");
        return words.Count == 0 ? null : $"Topic '{topic.Name}' was taken over: {string.Join("; ", words)}.";
    }
}
