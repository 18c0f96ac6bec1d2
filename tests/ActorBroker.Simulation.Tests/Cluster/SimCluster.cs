using System.Collections.Immutable;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Quorum;
using ActorBroker.Simulation.Tests.Cluster.Checkers;
using ActorBroker.Simulation.Tests.Cluster.Disks;
using ActorBroker.Simulation.Tests.Cluster.Faults;
using ActorBroker.Simulation.Tests.Cluster.Nodes;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster;

/// <summary>
/// The machines of a cluster with their processes, what is true of them, and what can be done to them. Which node should be the controller is
/// suggested as gossip and the singleton do it: late, and not always right.
/// </summary>
internal sealed class SimCluster
{
    private readonly SimNode[] _nodes;
    private readonly SortedDictionary<TopicIdPartition, PartitionOracle> _oracles = new(TopicIdPartitionOrder.Instance);
    private readonly Dictionary<(object Configs, string Topic), PartitionSettings> _settings = [];
    private readonly SimRandom _random;
    private readonly SimEvents _events = new();
    private readonly VoterSet _voters;

    public SimCluster(SimWorld world, FaultPlan plan)
    {
        World = world;
        Plan = plan;
        _random = world.Random.Fork();
        Metadata = new MetadataOracle(world) { OnCommitted = OnMetadata };
        Singleton = new SimSingleton(world, this);
        _nodes = [.. Enumerable.Range(1, plan.Nodes).Select(id => new SimNode(id, id <= plan.Voters))];
        _voters = new VoterSet(1, [.. _nodes.Where(node => node.IsVoter).Select(node => new Voter(node.Id, node.VoterFile, "node", node.Id))]);
        foreach (var node in _nodes.Where(node => node.IsVoter)) node.FormVoter(_voters, ClusterId);
        LagMaxMs = _random.Between(400, 2_500);
        foreach (var node in _nodes)
            world.Network.Listen(node.Id, (from, message) => node.Process?.Life.Run(() => node.Process?.Receive(from, message)));
    }

    public const string ClusterId = "cluster";

    public static BrokerConfig Config { get; } = BrokerConfig.Empty.With(("offsets.topic.num.partitions", "1"), ("offsets.topic.replication.factor", "3"));

    public SimWorld World { get; }

    public FaultPlan Plan { get; }

    public MetadataOracle Metadata { get; }

    public SimSingleton Singleton { get; }

    public int LagMaxMs { get; }

    public GroupSettings GroupSettings { get; } = new() { InitialRebalanceDelayMs = 200, CommitTimeoutMs = 800, NewMemberJoinTimeoutMs = 5_000 };

    public IReadOnlyList<SimNode> Nodes => _nodes;

    public IEnumerable<PartitionOracle> Oracles => _oracles.Values;

    public PartitionOracle? OracleOf(TopicIdPartition id) => _oracles.GetValueOrDefault(id);

    public PartitionOracle? OracleOf(string topic, int partition) =>
        Metadata.Image.Topics.TryGetValue(topic, out var image) ? OracleOf(new TopicIdPartition(image.Id, partition)) : null;

    /// <summary>All that runs is registered as it runs, and enough replicas have what is committed: one more crash must do no harm.</summary>
    public bool AllAreWell => _nodes.All(node =>
            node.Process is { Life.IsPaused: false } process && Metadata.Image.Brokers.GetValueOrDefault(node.Id)?.Incarnation == process.Incarnation)
        && Metadata.Image.Topics.Values.All(topic => topic.Partitions.All(partition =>
            partition.Replicas.Length < 2 || partition.Isr.Length + partition.Elr.Length >= 2));

    public SimNode Node(int id) => _nodes[id - 1];

    public bool IsRunning(int node) => Node(node).Process is not null;

    public void Start(int id)
    {
        var node = Node(id);
        if (node.Process is not null) return;
        node.Process = new NodeProcess(World, this, node, ++node.Lives * 10L + id);
        node.Process.Start();
        Singleton.Started(node.Process);
    }

    public void Stop(int id, bool isPowerLoss, bool isClean)
    {
        var node = Node(id);
        if (node.Process is not { } process) return;
        World.Note(id, isClean ? "stop" : isPowerLoss ? "power loss" : "crash", process.Incarnation);
        process.StopController();
        process.Life.Kill();
        node.Process = null;
        node.HasCleanMarker = isClean;
        if (isClean)
        {
            foreach (var log in node.Logs.Values) log.Close();
            return;
        }
        foreach (var log in node.Logs.Values) log.Crash(isPowerLoss ? _random : null);
        if (isPowerLoss) node.Voter.LosePower(_random);
    }

    public void Pause(int id)
    {
        World.Note(id, "pause");
        Node(id).Process?.Life.Pause();
    }

    public void Resume(int id)
    {
        if (Node(id).Process is not { Life.IsPaused: true } process) return;
        World.Note(id, "resume");
        process.Life.Resume();
    }

    public void JumpClock(int id, long ms)
    {
        World.Note(id, "clock jump", ms);
        Node(id).ClockOffsetMs += ms;
    }

    public void Suspect(int id) => Singleton.Suspect(id);

    public void StartRivalController(SimRandom random) => Singleton.StartRival(random);

    public int ControllerFor(int node) => Singleton.ControllerFor(node);

    public ISimJournal JournalFor(NodeProcess process) => new SimQuorumJournal(process, _events, _voters);

    public PartitionSettings SettingsOf(MetadataImage image, string topic)
    {
        var key = ((object)image.Configs, topic);
        if (_settings.TryGetValue(key, out var settings)) return settings;
        settings = PartitionSettingsResolver.Resolve(new ConfigResolver(Config, image, -1), topic);
        foreach (var known in _settings)
            if (known.Key.Topic == topic && known.Value == settings) settings = known.Value;
        return _settings[key] = settings;
    }

    /// <summary>A leader's high watermark moves: every in-sync replica has to have what it passes, and enough of them.</summary>
    public void WatermarkMoved(NodeProcess node, SimReplica replica, PartitionMachine machine, long before, long after)
    {
        World.Note(node.Id, "watermark", replica.Number, after, machine.LeaderEpoch);
        if (OracleOf(replica.Id) is not { } oracle) return;
        oracle.WatermarkMoved(node.Id, node.Incarnation, machine.LeaderEpoch, replica.Log, before, after);
        var hash = replica.Log.HashAt(after);
        // An in-sync replica that has stopped since had it when it said so.
        var holders = _nodes.Count(other => (other.Logs.TryGetValue(replica.Id, out var log) && log.HashAt(after) == hash)
            || (machine.Isr.Contains(other.Id) && !IsAsRegistered(other.Id)));
        var needed = Math.Min(replica.Settings.MinInSyncReplicas, machine.Replicas.Length);
        if (holders < needed) World.Violate("WatermarkWithinMinInSync", $"{oracle.Name} at {after} is held by {holders}, {needed} have to");
        if (Committed(replica.Id) is not { } registration || registration.LeaderEpoch != machine.LeaderEpoch) return;
        foreach (var member in registration.Isr)
        {
            if (!IsAsRegistered(member) || Node(member).LogOf(replica.Id).HashAt(after) == hash) continue;
            World.Violate("InSyncHaveWhatIsCommitted",
                $"{oracle.Name}: {member} is in sync and has {Node(member).LogOf(replica.Id).LogEndOffset}, {node.Id} commits {after}");
        }
    }

    /// <summary>A follower's log has changed: up to its own watermark it is what is committed.</summary>
    public void Touched(NodeProcess node, SimReplica replica)
    {
        if (OracleOf(replica.Id) is not { } oracle) return;
        var watermark = replica.Log.HighWatermark;
        if (watermark > oracle.CommittedEnd) World.Violate("FollowerWatermark", $"{oracle.Name}: {node.Id} takes {watermark} for committed, it is {oracle.CommittedEnd}");
        if (replica.Log.HashAt(watermark) != oracle.HashAt(watermark)) World.Violate("LogsAgree", $"{oracle.Name} below {watermark} at {node.Id}");
    }

    private PartitionImage? Committed(TopicIdPartition id) =>
        Metadata.Image.TopicsById.TryGetValue(id.TopicId, out var topic) ? topic.Partitions[id.Partition] : null;

    private bool IsAsRegistered(int member) =>
        Node(member).Process is { } process && Metadata.Image.Brokers.GetValueOrDefault(member)?.Incarnation == process.Incarnation;

    private void OnMetadata(MetadataImage before, MetadataImage after)
    {
        foreach (var (id, topic) in after.TopicsById)
        {
            if (before.TopicsById.TryGetValue(id, out var known) && ReferenceEquals(known, topic)) continue;
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var key = new TopicIdPartition(id, i);
                if (!_oracles.TryGetValue(key, out var oracle)) _oracles[key] = oracle = new PartitionOracle(World, key, $"{topic.Name}-{i}");
                var then = known is not null && i < known.Partitions.Length ? known.Partitions[i] : null;
                CheckRegistration(oracle, then, topic.Partitions[i]);
            }
        }
        foreach (var id in before.TopicsById.Keys)
        {
            if (after.TopicsById.ContainsKey(id)) continue;
            foreach (var key in _oracles.Keys.Where(key => key.TopicId == id).ToList()) _oracles.Remove(key);
        }
    }

    /// <summary>Who comes into the in-sync replicas has everything; epochs do not fall.</summary>
    private void CheckRegistration(PartitionOracle oracle, PartitionImage? before, PartitionImage after)
    {
        if (before is not null && (after.LeaderEpoch < before.LeaderEpoch || after.PartitionEpoch < before.PartitionEpoch))
            World.Violate("EpochsRise", $"{oracle.Name}: {before.LeaderEpoch}/{before.PartitionEpoch} is followed by {after.LeaderEpoch}/{after.PartitionEpoch}");
        foreach (var member in after.Isr)
        {
            if (before is null || before.Isr.Contains(member) || !IsAsRegistered(member)) continue;
            oracle.RequireCommitted("OnlyWhoHasAllIsInSync", $"{member}, which is in sync from now on,", Node(member).LogOf(oracle.Id));
        }
    }
}
