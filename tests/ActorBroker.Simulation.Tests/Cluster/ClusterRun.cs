using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Checkers;
using ActorBroker.Simulation.Tests.Cluster.Clients;
using ActorBroker.Simulation.Tests.Cluster.Faults;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster;

/// <summary>
/// One seed from its beginning to its end: the cluster comes up, clients work, faults come, all faults end, and then within a bounded time
/// everything has to be well and everything that was ever committed has to be read.
/// </summary>
internal sealed class ClusterRun
{
    private const int HealMs = 40_000;
    private static readonly SimTopic[] Topics = [new("a", 2), new("b", 1)];

    private readonly List<SimClient> _clients = [];
    private readonly List<SimProducer> _producers = [];
    private readonly List<SimConsumer> _consumers = [];
    private readonly List<SimMember> _members = [];
    private readonly GroupOracle _groups;
    private readonly FaultPlan _plan;
    private readonly int _minInSync;

    public ClusterRun(ulong seed, Mutation mutation = Mutation.None, Action<string>? writer = null)
    {
        World = new SimWorld(seed, mutation, writer);
        _plan = FaultPlan.Draw(World.Random.Fork());
        if (mutation is Mutation.PromiseNotSynced or Mutation.AdoptLongestLog) _plan = _plan.Restless();
        writer?.Invoke(_plan.ToString());
        Cluster = new SimCluster(World, _plan);
        Faults = new FaultInjector(World, Cluster, _plan);
        _groups = new GroupOracle(World, "g", () =>
            Cluster.Metadata.Image.Topics.TryGetValue(InternalTopics.ConsumerOffsets, out var topic) ? topic.Partitions[0].LeaderEpoch : -1);
        _minInSync = _plan.HasPowerLoss && !_plan.HasBlackout ? 2 : World.Random.Between(1, 2);
        AddClients();
    }

    public SimWorld World { get; }

    public SimCluster Cluster { get; }

    public FaultInjector Faults { get; }

    public long Acknowledged => Cluster.Oracles.Sum(oracle => oracle.Acknowledged);

    public int Leaders => Cluster.Oracles.Sum(oracle => oracle.Leaders);

    public int Commits => _groups.Commits;

    public ulong Run()
    {
        try
        {
            Up();
            Faults.Start();
            World.RunUntil(World.NowMs + _plan.DurationMs);
            Heal();
        }
        catch (Exception failure) when (failure is not InvariantViolation)
        {
            World.Violate("MachinesDoNotThrow", failure.ToString());
        }
        return World.Trace.Hash;
    }

    private void AddClients()
    {
        var place = SimWorld.FirstClient;
        for (var i = World.Random.Between(1, 3); i > 0; i--)
        {
            var settings = new ClientSettings(Topics, World.Random.Next(4) != 0, -1, World.Random.Between(20, 200));
            _producers.Add(new SimProducer(World, place++, _plan.Nodes, settings));
        }
        if (World.Random.Next(3) == 0) _producers.Add(new SimProducer(World, place++, _plan.Nodes, new ClientSettings(Topics, false, 1, 150)));
        _consumers.Add(new SimConsumer(World, place++, _plan.Nodes, new ClientSettings(Topics, false, -1, 0), Cluster.OracleOf));
        for (var i = World.Random.Between(1, 2); i > 0; i--) _members.Add(new SimMember(World, place++, _plan.Nodes, "g", _groups));
        _clients.AddRange(_producers);
        _clients.AddRange(_consumers);
        _clients.AddRange(_members);
        _clients.Add(new SimAdmin(World, place, _plan.Nodes, Topics, _minInSync));
    }

    /// <summary>The cluster forms and gets its topics; then the clients start.</summary>
    private void Up()
    {
        for (var node = 1; node <= _plan.Nodes; node++) Cluster.Start(node);
        Await("ComesUp", 20_000, () => Cluster.Metadata.Image.Brokers.Count(broker => !broker.Value.IsFenced) == _plan.Nodes);
        var configs = new List<KeyValuePair<string, string?>> { new("min.insync.replicas", $"{_minInSync}") };
        if (_plan.HasBlackout) configs.Add(new("flush.messages", "1"));
        if (World.Has(Mutation.UncleanLeader)) configs.Add(new("unclean.leader.election.enable", "true"));
        var topics = Topics.Append(new SimTopic(InternalTopics.ConsumerOffsets, 1)).Select((topic, i) =>
            new TopicToCreate(topic.Name, new Uuid(0xE0, (ulong)(0xA0 + i)), topic.Partitions, 3, [], [.. configs]));
        var create = new CreateTopics([.. topics], false, World.Random.Next(100));
        Cluster.Node(1).Process!.Submit(create, (_, _) => { });
        Await("TopicsAreMade", 10_000, () => Cluster.Metadata.Image.Topics.Count == Topics.Length + 1);
        foreach (var client in _clients) client.Start();
    }

    private void Heal()
    {
        Faults.End();
        World.Note(0, "heal");
        foreach (var client in _clients) client.IsClosing = true;
        Await("AllBrokersComeBack", HealMs, () => Cluster.Nodes.All(node =>
            node.Process is { } process && Cluster.Metadata.Image.Brokers[node.Id] is { IsFenced: false } broker && broker.Incarnation == process.Incarnation));
        Await("AllReplicasComeBackInSync", HealMs, () => Cluster.Metadata.Image.Topics.Values.All(topic =>
            topic.Partitions.All(partition => partition.Leader > 0 && !partition.IsReassigning && partition.Isr.Length == partition.Replicas.Length)));
        Await("ProducersComeToRest", HealMs, () => _producers.All(producer => producer.IsIdle));
        Await("ReadersReachTheEnd", HealMs, () => _consumers.All(consumer => Topics.All(topic => Enumerable.Range(0, topic.Partitions).All(partition =>
            consumer.Position(topic.Name, partition) == Cluster.OracleOf(topic.Name, partition)!.CommittedEnd))));
        var healed = World.NowMs;
        Await("GroupsWorkAgain", HealMs, () => _members.All(member => member.LastGoodMs > healed));
        CheckReplicas();
    }

    private void CheckReplicas()
    {
        World.RunUntil(World.NowMs + 2_000);
        foreach (var oracle in Cluster.Oracles)
        {
            foreach (var member in Cluster.Metadata.Image.TopicsById[oracle.Id.TopicId].Partitions[oracle.Id.Partition].Isr)
                oracle.RequireCommitted("ReplicasHoldWhatIsCommitted", $"{member}", Cluster.Node(member).LogOf(oracle.Id));
        }
    }

    private void Await(string what, int ms, Func<bool> isDone)
    {
        if (!World.RunUntil(World.NowMs + ms, isDone)) World.Violate(what, $"not within {ms} ms; {Describe()}");
    }

    private string Describe()
    {
        var image = Cluster.Metadata.Image;
        var brokers = image.Brokers.Values.Select(broker =>
            $"{broker.Id}/{broker.Incarnation}{(broker.IsFenced ? " fenced" : "")}{(Cluster.IsRunning(broker.Id) ? "" : " down")}");
        var partitions = image.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal).SelectMany(topic => topic.Partitions.Select((partition, i) =>
            $"{topic.Name}-{i}: leader {partition.Leader} of [{string.Join(',', partition.Isr)}] epoch {partition.LeaderEpoch}/{partition.PartitionEpoch} elr [{string.Join(',', partition.Elr)}]"));
        var leaders = Cluster.Nodes.Where(node => node.Process is not null).SelectMany(node => node.Process!.Replicas)
            .Where(replica => replica.Leader is not null).Select(replica => $"\n  {replica.Name}: {replica.Leader!.Describe()}");
        return $"brokers {string.Join(", ", brokers)}; {string.Join("; ", partitions)}{string.Concat(leaders)}";
    }
}
