using System.Collections.Immutable;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Brokers come, go and come back. A broker registers fenced and is unfenced when it serves; fencing moves leadership away from it.
/// A process that comes back with a new incarnation goes on leading what nobody else can lead, under the next epoch. One that stopped
/// without its clean-shutdown marker leaves the in-sync replicas first, except where it is the last. One whose log directory has another id
/// has lost that log, and leaves even as the last: the partition waits for an operator.
/// </summary>
internal static class BrokerPlanner
{
    public static Decision<MetadataRecord, ControllerReply, NoEffect> Register(ControllerState state, RegisterBroker command)
    {
        var before = state.Image.Brokers.GetValueOrDefault(command.BrokerId);
        if (before?.Incarnation == command.Incarnation) return Decided.Reply(new BrokerReply(KafkaError.None));
        var records = new List<MetadataRecord>();
        var error = FeaturePlanner.Admit(state, command, records);
        if (!error.IsNone) return Decided.Reply(new BrokerReply(error));
        var hasLanes = records.Count > 0 || state.Image.MetadataLevel >= MetadataFeature.ClusterLevel;
        records.Add(new BrokerRegistered(command.BrokerId, command.Incarnation, command.Rack, command.Endpoints, command.Directories)
        {
            Lanes = hasLanes ? command.Lanes : null,
            MetadataLevel = hasLanes ? command.MetadataLevel : MetadataFeature.MinLevel,
        });
        if (before is null) return Decided.With(records, new BrokerReply(KafkaError.None));

        var lost = before.Directories.Where(directory => directory != Uuid.Zero && !command.Directories.Contains(directory)).ToHashSet();
        bool IsUp(int id) => id != command.BrokerId && state.IsUp(id);
        var leads = false;
        AddChanges(state, records, (partition, _) =>
        {
            var after = AfterRestart(partition, command, lost, IsUp);
            leads |= after.Leader == command.BrokerId;
            return after;
        });
        if (leads) records.Add(new LeadershipRenewed(command.BrokerId));
        return Decided.With(records, new BrokerReply(KafkaError.None));
    }

    public static Decision<MetadataRecord, ControllerReply, NoEffect> Fence(ControllerState state, FenceBroker command)
    {
        if (!state.Image.Brokers.TryGetValue(command.BrokerId, out var broker))
            return Decided.Reply(new BrokerReply(ErrorCode.BrokerIdNotRegistered));
        if (broker.Incarnation != command.Incarnation) return Decided.Reply(new BrokerReply(ErrorCode.StaleBrokerEpoch));
        if (broker.IsFenced == command.IsFenced) return Decided.Reply(new BrokerReply(KafkaError.None));

        var records = new List<MetadataRecord> { new BrokerFencingChanged(command.BrokerId, command.IsFenced) };
        bool IsUp(int id) => id == command.BrokerId ? !command.IsFenced : state.IsUp(id);
        AddChanges(state, records, (partition, allowsUnclean) => command.IsFenced
            ? LeaderElectionPlanner.WithoutBroker(partition, command.BrokerId, IsUp, allowsUnclean())
            : LeaderElectionPlanner.WithBroker(partition, command.BrokerId, IsUp, allowsUnclean()));
        return Decided.With(records, new BrokerReply(KafkaError.None));
    }

    public static Decision<MetadataRecord, ControllerReply, NoEffect> Unregister(ControllerState state, UnregisterBroker command)
    {
        if (!state.Image.Brokers.TryGetValue(command.BrokerId, out var broker))
        {
            return Decided.Reply(new BrokerReply(
                new KafkaError(ErrorCode.BrokerIdNotRegistered, $"Broker ID {command.BrokerId} is not currently registered")));
        }
        var records = new List<MetadataRecord>();
        if (!broker.IsFenced) records.AddRange(Fence(state, new FenceBroker(broker.Id, broker.Incarnation, true)).Records);
        records.Add(new BrokerUnregistered(command.BrokerId));
        return Decided.With(records, new BrokerReply(KafkaError.None));
    }

    private static PartitionImage AfterRestart(
        PartitionImage partition, RegisterBroker command, HashSet<Uuid> lost, Func<int, bool> isUp)
    {
        var place = partition.Replicas.IndexOf(command.BrokerId);
        if (place < 0) return partition;
        if (lost.Count > 0 && place < partition.Directories.Length && lost.Contains(partition.Directories[place]))
            return LeaderElectionPlanner.WithoutLog(partition, command.BrokerId, isUp);
        if (!partition.Isr.Contains(command.BrokerId)) return partition;
        var isLast = partition.Isr.Length == 1;
        if (!command.IsCleanStart && !isLast) return LeaderElectionPlanner.WithoutBroker(partition, command.BrokerId, isUp, false);
        if (partition.Leader != command.BrokerId || isLast) return partition;
        // Others in sync are up: one of them leads while this broker comes back; it stays in sync, for it stopped cleanly.
        var heir = partition.Replicas.FirstOrDefault(id => partition.Isr.Contains(id) && isUp(id), -1);
        return heir < 0 ? partition : partition with
        {
            Leader = heir,
            LeaderEpoch = partition.LeaderEpoch + 1,
            PartitionEpoch = partition.PartitionEpoch + 1,
        };
    }

    /// <summary>One record per topic for all partitions that <paramref name="change"/> gives another registration.</summary>
    private static void AddChanges(
        ControllerState state, List<MetadataRecord> records, Func<PartitionImage, Func<bool>, PartitionImage> change)
    {
        var resolver = state.Resolver;
        foreach (var topic in state.Image.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            bool? unclean = null;
            bool AllowsUnclean() => unclean ??= PartitionPlanner.AllowsUnclean(resolver, topic.Name);
            ImmutableArray<PartitionChange>.Builder? changes = null;
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var after = change(topic.Partitions[i], AllowsUnclean);
                if (ReferenceEquals(after, topic.Partitions[i])) continue;
                (changes ??= ImmutableArray.CreateBuilder<PartitionChange>()).Add(new PartitionChange(i, after));
            }
            if (changes is not null) records.Add(new PartitionsChanged(topic.Id, changes.ToImmutable()));
        }
    }
}
