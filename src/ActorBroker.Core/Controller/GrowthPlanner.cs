using System.Collections.Immutable;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>Adds partitions to topics (KIP-195). A topic never shrinks.</summary>
internal static class GrowthPlanner
{
    public static Decision<MetadataRecord, ControllerReply, NoEffect> Grow(ControllerState state, CreatePartitions command)
    {
        var records = new List<MetadataRecord>();
        var replies = ImmutableArray.CreateBuilder<GrownTopic>(command.Topics.Length);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var budget = TopicPlanner.MaxPartitionsPerRequest;
        foreach (var topic in command.Topics)
        {
            var error = seen.Add(topic.Name)
                ? GrowOne(state, topic, command.PlacementSeed, ref budget, records)
                : new KafkaError(ErrorCode.InvalidRequest, "Duplicate topic name.");
            replies.Add(new GrownTopic(topic.Name, error.IsNone ? topic.PartitionCount : -1, error));
        }
        var answer = new CreatePartitionsReply(replies.MoveToImmutable());
        return command.ValidateOnly ? Decided.Reply(answer) : Decided.With(records, answer);
    }

    private static KafkaError GrowOne(ControllerState state, TopicToGrow wanted, int seed, ref int budget, List<MetadataRecord> records)
    {
        if (!state.Image.Topics.TryGetValue(wanted.Name, out var topic)) return new KafkaError(ErrorCode.UnknownTopicOrPartition);
        var present = topic.Partitions.Length;
        if (wanted.PartitionCount == present)
            return new KafkaError(ErrorCode.InvalidPartitions, $"Topic already has {present} partition(s).");
        if (wanted.PartitionCount < present)
        {
            return new KafkaError(ErrorCode.InvalidPartitions,
                $"The topic {topic.Name} currently has {present} partition(s); {wanted.PartitionCount} would not be an increase.");
        }
        var added = wanted.PartitionCount - present;
        if (!wanted.Assignments.IsDefault && wanted.Assignments.Length != added)
        {
            return new KafkaError(ErrorCode.InvalidReplicaAssignment,
                $"Attempted to add {added} additional partition(s), but only {wanted.Assignments.Length} assignment(s) were specified.");
        }
        if (added > budget) return new KafkaError(ErrorCode.PolicyViolation, "Excessively large number of partitions per request.");

        var factor = topic.Partitions[0].Replicas.Length;
        ImmutableArray<ImmutableArray<int>> replicas;
        if (wanted.Assignments.IsDefault)
        {
            var error = AssignmentRules.Plan(state, present, added, factor, seed, out replicas);
            if (!error.IsNone) return error;
        }
        else
        {
            replicas = wanted.Assignments;
            for (var i = 0; i < replicas.Length; i++)
            {
                var error = AssignmentRules.Check(state, replicas[i], present + i, factor);
                if (!error.IsNone) return error;
            }
        }
        budget -= added;
        records.Add(new PartitionsAdded(topic.Id, [.. replicas.Select(nodes => TopicPlanner.NewPartition(state, nodes))]));
        return KafkaError.None;
    }
}
