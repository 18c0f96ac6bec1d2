using System.Collections.Immutable;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Creates and deletes topics (R72). The topics of one request are judged one by one, each against what exists and what the ones before it
/// will make. Checks come in Kafka's order: number of all partitions, name, collision, existence, configs, assignment or counts, brokers.
/// </summary>
internal static class TopicPlanner
{
    /// <summary>Partitions that one request may make; keeps one entry of the journal of a sane size.</summary>
    public const int MaxPartitionsPerRequest = 10_000;

    public static Decision<MetadataRecord, ControllerReply, NoEffect> Create(ControllerState state, CreateTopics command)
    {
        var defaultCount = state.Config.Int("num.partitions");
        long total = 0;
        foreach (var topic in command.Topics)
        {
            total += topic.Assignments.Length > 0 ? topic.Assignments.Length
                : topic.PartitionCount == -1 ? defaultCount : Math.Max(0, topic.PartitionCount);
        }
        if (total > MaxPartitionsPerRequest)
        {
            var tooMany = new KafkaError(ErrorCode.PolicyViolation, "Excessively large number of partitions per request.");
            return Decided.Reply(new CreateTopicsReply([.. command.Topics.Select(topic => Refused(topic, tooMany))]));
        }
        var records = new List<MetadataRecord>();
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        var replies = ImmutableArray.CreateBuilder<CreatedTopic>(command.Topics.Length);
        foreach (var topic in command.Topics)
        {
            var error = NameError(state, topic, made);
            var reply = error.IsNone ? CreateOne(state, topic, command.PlacementSeed + replies.Count, records) : Refused(topic, error);
            if (reply.Error.IsNone) made[TopicName.Normalize(topic.Name)] = topic.Name;
            replies.Add(reply);
        }
        var answer = new CreateTopicsReply(replies.MoveToImmutable());
        return command.ValidateOnly ? Decided.Reply(answer) : Decided.With(records, answer);
    }

    public static Decision<MetadataRecord, ControllerReply, NoEffect> Delete(ControllerState state, DeleteTopics command)
    {
        var records = new List<MetadataRecord>();
        var deleted = new HashSet<Uuid>();
        var replies = ImmutableArray.CreateBuilder<DeletedTopic>(command.Topics.Length);
        foreach (var reference in command.Topics)
        {
            var topic = reference.Name is null
                ? state.Image.TopicsById.GetValueOrDefault(reference.TopicId)
                : state.Image.Topics.GetValueOrDefault(reference.Name);
            if (topic is null || !deleted.Add(topic.Id))
            {
                KafkaError error = reference.Name is null
                    ? new KafkaError(ErrorCode.UnknownTopicId)
                    : new KafkaError(ErrorCode.UnknownTopicOrPartition);
                replies.Add(new DeletedTopic(reference.Name, reference.TopicId, error));
                continue;
            }
            records.Add(new TopicDeleted(topic.Id));
            replies.Add(new DeletedTopic(topic.Name, topic.Id, KafkaError.None));
        }
        return Decided.With(records, new DeleteTopicsReply(replies.MoveToImmutable()));
    }

    /// <summary>New partitions on these replicas: led by the first that is up, all that are up in sync.</summary>
    public static PartitionImage NewPartition(ControllerState state, ImmutableArray<int> replicas)
    {
        var isr = replicas.All(state.IsWilling) ? replicas : [.. replicas.Where(state.IsWilling)];
        return new PartitionImage(replicas, isr, isr[0], 0, 0, [.. Enumerable.Repeat(Uuid.Zero, replicas.Length)]);
    }

    private static KafkaError NameError(ControllerState state, TopicToCreate topic, Dictionary<string, string> made)
    {
        if (TopicName.Problem(topic.Name) is { } problem) return new KafkaError(ErrorCode.InvalidTopicException, problem);
        if (state.Image.Topics.ContainsKey(topic.Name) || state.Image.TopicsById.ContainsKey(topic.TopicId))
            return new KafkaError(ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists.");
        var collision = state.FindCollision(topic.Name);
        if (collision is null && made.TryGetValue(TopicName.Normalize(topic.Name), out var other))
        {
            if (other == topic.Name) return new KafkaError(ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists.");
            collision = other;
        }
        return collision is null ? KafkaError.None
            : new KafkaError(ErrorCode.InvalidTopicException, $"Topic '{topic.Name}' collides with existing topic: {collision}");
    }

    private static CreatedTopic CreateOne(ControllerState state, TopicToCreate topic, int seed, List<MetadataRecord> records)
    {
        var configs = LastOfEach(topic.Configs);
        if (TopicConfigValidator.Problem(configs, state.Config) is { } problem)
            return Refused(topic, new KafkaError(ErrorCode.InvalidConfig, problem));
        var error = topic.Assignments.Length > 0
            ? PlaceByHand(state, topic, out var replicas)
            : PlaceByPlan(state, topic, seed, out replicas);
        if (!error.IsNone) return Refused(topic, error);

        records.Add(new TopicCreated(topic.Name, topic.TopicId));
        var resource = new ConfigResource(ConfigResourceType.Topic, topic.Name);
        foreach (var (name, value) in configs) records.Add(new ConfigChanged(resource, name, value));
        records.Add(new PartitionsAdded(topic.TopicId, [.. replicas.Select(nodes => NewPartition(state, nodes))]));
        return new CreatedTopic(topic.Name, KafkaError.None, topic.TopicId, replicas.Length, (short)replicas[0].Length,
            configs.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal));
    }

    private static KafkaError PlaceByPlan(
        ControllerState state, TopicToCreate topic, int seed, out ImmutableArray<ImmutableArray<int>> replicas)
    {
        replicas = [];
        if (topic.ReplicationFactor is < -1 or 0)
        {
            return new KafkaError(
                ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.PartitionCount is < -1 or 0)
            return new KafkaError(ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.");
        var count = topic.PartitionCount == -1 ? state.Config.Int("num.partitions") : topic.PartitionCount;
        var factor = topic.ReplicationFactor == -1 ? state.Config.Int("default.replication.factor") : topic.ReplicationFactor;
        return AssignmentRules.Plan(state, 0, count, factor, seed, out replicas);
    }

    private static KafkaError PlaceByHand(ControllerState state, TopicToCreate topic, out ImmutableArray<ImmutableArray<int>> replicas)
    {
        replicas = [];
        if (topic.ReplicationFactor != -1)
        {
            return new KafkaError(ErrorCode.InvalidRequest,
                "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.PartitionCount != -1)
        {
            return new KafkaError(ErrorCode.InvalidRequest,
                "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        var byIndex = new SortedDictionary<int, ImmutableArray<int>>();
        var factor = -1;
        foreach (var assignment in topic.Assignments)
        {
            if (byIndex.ContainsKey(assignment.Partition))
            {
                return new KafkaError(ErrorCode.InvalidReplicaAssignment,
                    $"Found multiple manual partition assignments for partition {assignment.Partition}");
            }
            var error = AssignmentRules.Check(state, assignment.Replicas, assignment.Partition, factor);
            if (!error.IsNone) return error;
            factor = assignment.Replicas.Length;
            byIndex[assignment.Partition] = assignment.Replicas;
        }
        if (byIndex.Keys.First() != 0 || byIndex.Keys.Last() != byIndex.Count - 1)
            return new KafkaError(ErrorCode.InvalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence");
        replicas = [.. byIndex.Values];
        return KafkaError.None;
    }

    /// <summary>A key that stands twice counts as it stands last.</summary>
    private static List<KeyValuePair<string, string?>> LastOfEach(ImmutableArray<KeyValuePair<string, string?>> configs)
    {
        var kept = new List<KeyValuePair<string, string?>>(configs.Length);
        foreach (var pair in configs)
        {
            kept.RemoveAll(other => other.Key == pair.Key);
            kept.Add(pair);
        }
        return kept;
    }

    private static CreatedTopic Refused(TopicToCreate topic, KafkaError error) =>
        new(topic.Name, error, Uuid.Zero, -1, -1, ImmutableSortedDictionary<string, string>.Empty);
}
