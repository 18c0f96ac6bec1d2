using System.Collections.Immutable;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Starts and cancels reassignments on request (KIP-455). Each partition is judged apart from the others, in Kafka's words. How one goes on
/// and ends is decided by <see cref="ReassignmentRules"/>.
/// </summary>
internal static class ReassignmentPlanner
{
    public static Decision<MetadataRecord, ControllerReply, NoEffect> Alter(ControllerState state, AlterReassignments command)
    {
        var resolver = state.Resolver;
        var replies = ImmutableArray.CreateBuilder<ReassignedPartition>(command.Partitions.Length);
        // The same partition may stand there twice: the later word counts from what the earlier one has made.
        var changed = new Dictionary<(Uuid Topic, int Partition), PartitionImage>();
        foreach (var wanted in command.Partitions)
        {
            var error = AlterOne(state, wanted, command.AllowsFactorChange, resolver, changed);
            replies.Add(new ReassignedPartition(wanted.Topic, wanted.Partition, error));
        }
        var records = new List<MetadataRecord>();
        foreach (var topic in changed.GroupBy(pair => pair.Key.Topic))
        {
            records.Add(new PartitionsChanged(topic.Key,
                [.. topic.OrderBy(pair => pair.Key.Partition).Select(pair => new PartitionChange(pair.Key.Partition, pair.Value))]));
        }
        return Decided.With(records, new AlterReassignmentsReply(replies.MoveToImmutable()));
    }

    private static KafkaError AlterOne(
        ControllerState state, PartitionToReassign wanted, bool allowsFactorChange, Configuration.ConfigResolver resolver,
        Dictionary<(Uuid Topic, int Partition), PartitionImage> changed)
    {
        if (!state.Image.Topics.TryGetValue(wanted.Topic, out var topic))
            return new KafkaError(ErrorCode.UnknownTopicOrPartition, $"Unable to find a topic named {wanted.Topic}.");
        if ((uint)wanted.Partition >= (uint)topic.Partitions.Length)
            return new KafkaError(ErrorCode.UnknownTopicOrPartition, $"Unable to find partition {wanted.Topic}:{wanted.Partition}.");
        if (state.Image.MetadataLevel < MetadataFeature.ClusterLevel)
        {
            return new KafkaError(ErrorCode.UnsupportedVersion,
                $"Reassignments need level {MetadataFeature.ClusterLevel} of {MetadataFeature.Name}; it is at {state.Image.MetadataLevel}.");
        }
        var key = (topic.Id, wanted.Partition);
        var before = changed.GetValueOrDefault(key, topic.Partitions[wanted.Partition]);
        var rules = state.RulesFor(topic.Name, resolver);
        PartitionImage after;
        if (wanted.Target.IsDefault)
        {
            (after, var problem) = ReassignmentRules.Cancel(before, $"{wanted.Topic}:{wanted.Partition}", rules);
            if (!problem.IsNone) return problem;
        }
        else
        {
            var error = AssignmentRules.Check(state, wanted.Target, wanted.Partition, -1);
            if (error.IsNone && !allowsFactorChange) error = SameFactor(before, wanted.Target);
            if (!error.IsNone) return error;
            after = ReassignmentRules.Begin(before, wanted.Target, rules);
        }
        if (!ReferenceEquals(after, before)) changed[key] = after;
        return KafkaError.None;
    }

    /// <summary>The factor that counts is the one that a reassignment under way leads to (KIP-860).</summary>
    private static KafkaError SameFactor(PartitionImage partition, ImmutableArray<int> target)
    {
        var current = partition.Replicas.Length - partition.RemovingReplicas.Length;
        return current == target.Length ? KafkaError.None : new KafkaError(ErrorCode.InvalidReplicationFactor,
            $"The replication factor is changed from {current} to {target.Length}");
    }
}
