using System.Collections.Immutable;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Changes of single partitions: the in-sync replicas that a leader reports (KIP-497, KIP-841) and elections that are asked for (KIP-460).
/// A report counts only from the leader of the current epoch, against the partition epoch that it knows, and for members whose incarnation
/// is the registered one and that are up: everything else is a report about a past that is over. A report that brings the last replica of a
/// reassignment into sync completes it (<see cref="ReassignmentRules"/>). A leader that reports nobody, not even itself, gives leadership up:
/// its log has failed while its node goes on.
/// </summary>
internal static class PartitionPlanner
{
    public static Decision<MetadataRecord, ControllerReply, NoEffect> AlterIsr(ControllerState state, AlterPartition command)
    {
        var error = ErrorOf(state, command, out var partition);
        if (error != ErrorCode.None || partition is null) return Decided.Reply(new AlterPartitionReply(error, null));
        var topic = state.Image.TopicsById[command.TopicId];
        var rules = state.RulesFor(topic.Name, state.Resolver);
        var after = command.Isr.IsEmpty
            ? LeaderElectionPlanner.WithoutBroker(partition, command.BrokerId, rules)
            : LeaderElectionPlanner.WithIsr(partition, [.. command.Isr.Select(member => member.BrokerId)], rules);
        after = ReassignmentRules.Complete(after, rules);
        // The leader of before learns of the new one as all nodes do, by the metadata.
        var reply = after.Leader == partition.Leader
            ? new AlterPartitionReply(KafkaError.None, after)
            : new AlterPartitionReply(ErrorCode.NewLeaderElected, null);
        return Decided.With([new PartitionsChanged(command.TopicId, [new PartitionChange(command.Partition, after)])], reply);
    }

    public static Decision<MetadataRecord, ControllerReply, NoEffect> Elect(ControllerState state, ElectLeader command)
    {
        if (!state.Image.Topics.TryGetValue(command.Topic, out var topic))
        {
            return Decided.Reply(new ElectLeaderReply(
                new KafkaError(ErrorCode.UnknownTopicOrPartition, $"No such topic as {command.Topic}")));
        }
        if ((uint)command.Partition >= (uint)topic.Partitions.Length)
        {
            return Decided.Reply(new ElectLeaderReply(
                new KafkaError(ErrorCode.UnknownTopicOrPartition, $"No such partition as {command.Topic}-{command.Partition}")));
        }
        var before = topic.Partitions[command.Partition];
        var rules = state.RulesFor(topic.Name, state.Resolver);
        var (after, error) = command.IsUnclean
            ? LeaderElectionPlanner.Unclean(before, rules)
            : LeaderElectionPlanner.Preferred(before, rules);
        if (error != ErrorCode.None) return Decided.Reply(new ElectLeaderReply(error));
        return Decided.With(
            [new PartitionsChanged(topic.Id, [new PartitionChange(command.Partition, after)])], new ElectLeaderReply(KafkaError.None));
    }

    private static ErrorCode ErrorOf(ControllerState state, AlterPartition command, out PartitionImage? partition)
    {
        partition = null;
        if (!state.Image.Brokers.TryGetValue(command.BrokerId, out var sender) || sender.Incarnation != command.Incarnation)
            return ErrorCode.StaleBrokerEpoch;
        if (!state.Image.TopicsById.TryGetValue(command.TopicId, out var topic)) return ErrorCode.UnknownTopicId;
        if ((uint)command.Partition >= (uint)topic.Partitions.Length) return ErrorCode.UnknownTopicOrPartition;
        var current = partition = topic.Partitions[command.Partition];
        // A report from the future means that this controller has been replaced and does not know it yet.
        if (command.LeaderEpoch > current.LeaderEpoch || command.PartitionEpoch > current.PartitionEpoch) return ErrorCode.NotController;
        if (command.LeaderEpoch < current.LeaderEpoch) return ErrorCode.FencedLeaderEpoch;
        if (command.BrokerId != current.Leader) return ErrorCode.InvalidRequest;
        if (command.PartitionEpoch < current.PartitionEpoch) return ErrorCode.InvalidUpdateVersion;
        return IsrError(state, command, current);
    }

    private static ErrorCode IsrError(ControllerState state, AlterPartition command, PartitionImage current)
    {
        if (command.Isr.IsEmpty) return ErrorCode.None;
        var hasLeader = false;
        var seen = new HashSet<int>();
        foreach (var member in command.Isr)
        {
            if (!current.Replicas.Contains(member.BrokerId) || !seen.Add(member.BrokerId)) return ErrorCode.InvalidRequest;
            hasLeader |= member.BrokerId == current.Leader;
        }
        if (!hasLeader) return ErrorCode.InvalidRequest;
        foreach (var member in command.Isr)
        {
            var broker = state.Image.Brokers.GetValueOrDefault(member.BrokerId);
            if (broker is null || broker.IsFenced || broker.Incarnation != member.Incarnation) return ErrorCode.IneligibleReplica;
            // One that is being drained may stay in sync to the end, but does not come back.
            if (broker.IsDraining && !current.Isr.Contains(member.BrokerId)) return ErrorCode.IneligibleReplica;
        }
        return ErrorCode.None;
    }
}
