using System.Collections.Immutable;
using ActorBroker.Core.Configuration.Tables;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Brokers come, go and come back. A broker registers fenced and is unfenced when it serves; fencing moves leadership away from it.
/// A node's incarnations rise: what an earlier process says is refused, its late registration too.
/// A process that comes back with a new incarnation goes on leading what nobody else can lead, under the next epoch. One that stopped
/// without its clean-shutdown marker leaves the in-sync replicas first, except where it is the last. One whose log directory has another id
/// has lost that log, and leaves even as the last: the partition waits for an operator. A broker that stops in order is drained first:
/// leadership moves to others in sync before it leaves.
/// </summary>
internal static class BrokerPlanner
{
    public static Decision<MetadataRecord, ControllerReply, NoEffect> Register(ControllerState state, RegisterBroker command)
    {
        var before = state.Image.Brokers.GetValueOrDefault(command.BrokerId);
        if (before?.Incarnation == command.Incarnation) return Decided.Reply(new BrokerReply(KafkaError.None));
        if (before?.Incarnation > command.Incarnation) return Decided.Reply(new BrokerReply(Stale(before, command)));
        var records = new List<MetadataRecord>();
        var error = FeaturePlanner.Admit(state, command, records);
        if (!error.IsNone) return Decided.Reply(new BrokerReply(error));
        var hasLanes = records.Count > 0 || state.Image.MetadataLevel >= MetadataFeature.ClusterLevel;
        records.Add(new BrokerRegistered(command.BrokerId, command.Incarnation, command.Rack, command.Endpoints, command.Directories)
        {
            Lanes = hasLanes ? command.Lanes : null,
            MetadataLevel = hasLanes ? command.MetadataLevel : MetadataFeature.MinLevel,
        });
        if (hasLanes && WantsDrain(state, command.BrokerId)) records.Add(new BrokerDrainChanged(command.BrokerId, true));
        if (before is null) return Decided.With(records, new BrokerReply(KafkaError.None));

        var lost = before.Directories.Where(directory => directory != Uuid.Zero && !command.Directories.Contains(directory)).ToHashSet();
        var leads = false;
        AddChanges(state, records, command.BrokerId, id => id != command.BrokerId && state.IsUp(id), (partition, rules) =>
        {
            var after = AfterRestart(partition, command, lost, rules with { AllowsUnclean = false });
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
        AddChanges(state, records, command.BrokerId, id => id == command.BrokerId ? !command.IsFenced : state.IsUp(id),
            (partition, rules) => command.IsFenced
                ? LeaderElectionPlanner.WithoutBroker(partition, command.BrokerId, rules)
                : LeaderElectionPlanner.WithBroker(partition, command.BrokerId, rules));
        return Decided.With(records, new BrokerReply(KafkaError.None));
    }

    /// <summary>
    /// Begins or ends the draining of a broker (KIP-841's controlled shutdown, and an operator's maintenance). Leaderships go at once where
    /// another replica is in sync; the broker itself leaves the in-sync replicas last, when it is fenced.
    /// </summary>
    public static Decision<MetadataRecord, ControllerReply, NoEffect> Drain(ControllerState state, DrainBroker command)
    {
        if (!state.Image.Brokers.TryGetValue(command.BrokerId, out var broker))
            return Decided.Reply(new DrainReply(ErrorCode.BrokerIdNotRegistered, 0));
        if (command.Incarnation is { } incarnation && broker.Incarnation != incarnation)
            return Decided.Reply(new DrainReply(ErrorCode.StaleBrokerEpoch, 0));
        if (state.Image.MetadataLevel < MetadataFeature.ClusterLevel)
            return Decided.Reply(new DrainReply(ErrorCode.UnsupportedVersion, 0));
        var records = new List<MetadataRecord>();
        if (broker.IsDraining != command.IsDraining) records.Add(new BrokerDrainChanged(command.BrokerId, command.IsDraining));
        var stays = 0;
        if (command.IsDraining)
        {
            AddChanges(state, records, command.BrokerId, state.IsUp, (partition, rules) =>
            {
                var after = LeaderElectionPlanner.Drained(partition, command.BrokerId, rules);
                if (after.Leader == command.BrokerId) stays++;
                return after;
            });
        }
        return Decided.With(records, new DrainReply(KafkaError.None, stays));
    }

    /// <summary>What follows for the draining of a broker when its configs are to be <paramref name="after"/>.</summary>
    public static IReadOnlyList<MetadataRecord> DrainAsConfigured(
        ControllerState state, ConfigResource resource, IReadOnlyDictionary<string, string> after)
    {
        if (resource.Type != ConfigResourceType.Broker || !int.TryParse(resource.Name, out var id)) return [];
        var wants = after.TryGetValue(OwnSettingTable.Drain, out var text) && bool.TryParse(text, out var value) && value;
        return Drain(state, new DrainBroker(id, null, wants)).Records;
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
        // The wish was about the node that is forgotten; another one that gets its id later is not to be drained for it.
        var resource = ConfigOf(command.BrokerId);
        if (state.Image.Configs.TryGetValue(resource, out var configs) && configs.ContainsKey(OwnSettingTable.Drain))
            records.Add(new ConfigChanged(resource, OwnSettingTable.Drain, null));
        return Decided.With(records, new BrokerReply(KafkaError.None));
    }

    /// <summary>
    /// Incarnations of a node rise: a lower one is the word of a process that has ended, and was long on its way; taken, it would put the
    /// process that runs out of the cluster. Kafka says DUPLICATE_BROKER_REGISTRATION while the other process is alive (KIP-631); here the
    /// later process always wins, so the earlier one is stale.
    /// </summary>
    private static KafkaError Stale(BrokerImage registered, RegisterBroker command) => new(ErrorCode.StaleBrokerEpoch,
        $"Broker {command.BrokerId} is registered as incarnation {registered.Incarnation}; {command.Incarnation} is an earlier one. " +
        "If no later process of this broker runs, its directories are not those that it had and its clock is behind: set the clock right, " +
        $"or unregister broker {command.BrokerId} first.");

    /// <summary>An operator's wish outlives the process.</summary>
    private static bool WantsDrain(ControllerState state, int brokerId) =>
        state.Image.Configs.TryGetValue(ConfigOf(brokerId), out var configs)
        && configs.TryGetValue(OwnSettingTable.Drain, out var text) && bool.TryParse(text, out var value) && value;

    private static ConfigResource ConfigOf(int brokerId) => new(ConfigResourceType.Broker, $"{brokerId}");

    private static PartitionImage AfterRestart(
        PartitionImage partition, RegisterBroker command, HashSet<Uuid> lost, in ElectionRules rules)
    {
        var place = partition.Replicas.IndexOf(command.BrokerId);
        if (lost.Count > 0 && place < partition.Directories.Length && lost.Contains(partition.Directories[place]))
            return LeaderElectionPlanner.WithoutLog(partition, command.BrokerId, rules);
        if (!command.IsCleanStart) partition = LeaderElectionPlanner.WithoutTail(partition, command.BrokerId, rules);
        if (partition.Leader != command.BrokerId) return partition;
        // Others in sync are up: one of them leads while this broker comes back; it stays in sync, for it stopped cleanly.
        return LeaderElectionPlanner.Drained(partition, command.BrokerId, rules);
    }

    /// <summary>One record per topic for all partitions of the broker that <paramref name="change"/> gives another registration.</summary>
    private static void AddChanges(
        ControllerState state, List<MetadataRecord> records, int brokerId, Func<int, bool> isUp,
        Func<PartitionImage, ElectionRules, PartitionImage> change)
    {
        var resolver = state.Resolver;
        foreach (var topic in state.Image.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            ElectionRules? rules = null;
            ImmutableArray<PartitionChange>.Builder? changes = null;
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                if (!topic.Partitions[i].Replicas.Contains(brokerId)) continue;
                rules ??= state.RulesFor(topic.Name, resolver) with { IsUp = isUp, IsWilling = id => isUp(id) && !state.IsDraining(id) };
                var after = change(topic.Partitions[i], rules.Value);
                if (ReferenceEquals(after, topic.Partitions[i])) continue;
                (changes ??= ImmutableArray.CreateBuilder<PartitionChange>()).Add(new PartitionChange(i, after));
            }
            if (changes is not null) records.Add(new PartitionsChanged(topic.Id, changes.ToImmutable()));
        }
    }
}
