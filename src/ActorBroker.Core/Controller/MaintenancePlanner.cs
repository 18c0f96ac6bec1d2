using System.Collections.Immutable;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// What the controller does of its own accord, when its timers ask: give leadership back to preferred replicas after a node has returned
/// (Kafka's <c>auto.leader.rebalance.enable</c>), and give the internal topics of a cluster that has grown the replicas that they could not
/// have when they were made. Both do nothing, and write nothing, where all is as it should be.
/// </summary>
internal static class MaintenancePlanner
{
    /// <summary>Partitions that one decision changes at most; the next tick does the rest.</summary>
    private const int MaxRaised = 200;

    private static readonly string[] Internal =
        [InternalTopics.ConsumerOffsets, InternalTopics.TransactionState, InternalTopics.ShareGroupState];

    public static Decision<MetadataRecord, ControllerReply, NoEffect> BalanceLeaders(ControllerState state, BalanceLeaders command)
    {
        var records = new List<MetadataRecord>();
        var count = 0;
        foreach (var topic in state.Image.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            ElectionRules? rules = null;
            ImmutableArray<PartitionChange>.Builder? changes = null;
            for (var i = 0; i < topic.Partitions.Length && count < command.MaxPartitions; i++)
            {
                var before = topic.Partitions[i];
                if (before.Leader < 0 || before.Leader == before.Replicas[0]) continue;
                var (after, error) = LeaderElectionPlanner.Preferred(before, rules ??= state.RulesFor(topic.Name, state.Resolver));
                if (error != ErrorCode.None) continue;
                (changes ??= ImmutableArray.CreateBuilder<PartitionChange>()).Add(new PartitionChange(i, after));
                count++;
            }
            if (changes is not null) records.Add(new PartitionsChanged(topic.Id, changes.ToImmutable()));
        }
        return Decided.With(records, new MaintenanceReply(count));
    }

    public static Decision<MetadataRecord, ControllerReply, NoEffect> RaiseInternalTopics(ControllerState state)
    {
        var records = new List<MetadataRecord>();
        var count = 0;
        if (state.Image.MetadataLevel < MetadataFeature.ClusterLevel) return Decided.Reply(new MaintenanceReply(0));
        var brokers = state.Image.Brokers.Values.Where(broker => state.IsWilling(broker.Id))
            .Select(broker => new PlacementBroker(broker.Id, broker.Rack, false)).ToArray();
        foreach (var name in Internal)
        {
            if (!state.Image.Topics.TryGetValue(name, out var topic)) continue;
            var factor = InternalTopicSettings.FactorOf(name, state.Config, brokers.Length);
            var rules = state.RulesFor(name, state.Resolver);
            var changes = ImmutableArray.CreateBuilder<PartitionChange>();
            for (var i = 0; i < topic.Partitions.Length && count < MaxRaised; i++)
            {
                var before = topic.Partitions[i];
                if (before.Leader < 0 || before.IsReassigning || before.Replicas.Length >= factor) continue;
                changes.Add(new PartitionChange(i, ReassignmentRules.Begin(before, Target(brokers, before, i, factor), rules)));
                count++;
            }
            if (changes.Count > 0) records.Add(new PartitionsChanged(topic.Id, changes.ToImmutable()));
        }
        return Decided.With(records, new MaintenanceReply(count));
    }

    /// <summary>
    /// Where a partition would be placed today, but with all the replicas that it has; so the preferred leaders are spread as if the brokers
    /// had been there from the start.
    /// </summary>
    private static ImmutableArray<int> Target(PlacementBroker[] brokers, PartitionImage partition, int index, int factor)
    {
        var placed = ReplicaPlacementPlanner.Place(brokers, index, 1, factor, 0)[0];
        var missing = partition.Replicas.RemoveAll(placed.Contains);
        var target = placed.ToList();
        for (var i = target.Count - 1; i >= 0 && missing.Length > 0; i--)
        {
            if (partition.Replicas.Contains(target[i])) continue;
            target[i] = missing[^1];
            missing = missing.RemoveAt(missing.Length - 1);
        }
        return [.. target];
    }
}
