using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Clients;

/// <summary>
/// An administrator with restless hands: topics, configs, elections, partitions, producer ids. What it was told is done has to stay done, and
/// no producer id may be given twice.
/// </summary>
internal sealed class SimAdmin(SimWorld world, int place, int nodes, IReadOnlyList<SimTopic> topics, int minInSync) : SimClient(world, place, nodes)
{
    private readonly SortedDictionary<long, int> _blocks = [];
    private readonly SortedDictionary<string, bool> _sideTopics = new(StringComparer.Ordinal);
    private int _names;

    public int Done { get; private set; }

    /// <summary>Topics on the side that it was told exist (true) or are gone.</summary>
    public IReadOnlyDictionary<string, bool> SideTopics => _sideTopics;

    public override void Start() => World.After(Random.Between(500, 2_000), Next);

    private void Next()
    {
        if (IsClosing) return;
        switch (Random.Next(11))
        {
            case 0: CreateTopic(); break;
            case 1: DeleteTopic(); break;
            case 2: AlterConfig(); break;
            case 3: AllocateProducerIds(); break;
            case < 6: Elect(); break;
            case 6: Reassign(); break;
            case 7: Do<MaintenanceReply>(new BalanceLeaders(10), _ => { }); break;
            default: Refresh(Again); break;
        }
    }

    private void Again() => World.After(Random.Between(100, 1_500), Next);

    private void Do<TReply>(ControllerCommand command, Action<TReply> then) where TReply : ControllerReply =>
        Call<AdminAnswer>(AnyNode(), call => new AdminCall(call, command), answer =>
        {
            if (answer is { Error: ErrorCode.None, Reply: TReply reply })
            {
                Done++;
                then(reply);
            }
            Again();
        });

    private void CreateTopic()
    {
        var name = $"side-{++_names}";
        var topic = new TopicToCreate(name, new Uuid(Random.NextUInt64(), Random.NextUInt64()), Random.Between(1, 2), 1, [], []);
        Do<CreateTopicsReply>(new CreateTopics([topic], false, Random.Next(1_000)), reply =>
        {
            if (reply.Topics[0].Error.IsNone) _sideTopics[name] = true;
        });
    }

    private void DeleteTopic()
    {
        if (_sideTopics.Where(entry => entry.Value).Select(entry => entry.Key).FirstOrDefault() is not { } name)
        {
            Again();
            return;
        }
        _sideTopics.Remove(name);
        Do<DeleteTopicsReply>(new DeleteTopics([new TopicReference(name, default)]), reply =>
        {
            if (reply.Topics[0].Error.IsNone) _sideTopics[name] = false;
        });
    }

    private void AlterConfig()
    {
        var resource = new ConfigResource(ConfigResourceType.Topic, Random.Pick(topics).Name);
        var value = Random.Between(minInSync, 2);
        var operation = new ConfigOperation("min.insync.replicas", ConfigOperationType.Set, $"{value}");
        Do<AlterConfigsReply>(new AlterConfigs([new ResourceToAlter(resource, [operation])], false), _ => { });
    }

    private void Elect()
    {
        var topic = Random.Pick(topics);
        Do<ElectLeaderReply>(new ElectLeader(topic.Name, Random.Next(topic.Partitions), false), _ => { });
    }

    /// <summary>Moves a partition: other replicas where there are other nodes, else another order.</summary>
    private void Reassign()
    {
        var topic = Random.Pick(topics);
        var target = Enumerable.Range(1, Nodes).ToList();
        while (target.Count > 3) target.RemoveAt(Random.Next(target.Count));
        var turn = Random.Next(target.Count);
        target = [.. target.Skip(turn), .. target.Take(turn)];
        var partition = new PartitionToReassign(topic.Name, Random.Next(topic.Partitions), [.. target]);
        Do<AlterReassignmentsReply>(new AlterReassignments([partition], false), _ => { });
    }

    private void AllocateProducerIds() => Do<ProducerIdsReply>(new AllocateProducerIds(1, 10), reply =>
    {
        if (!reply.Error.IsNone) return;
        if (!_blocks.TryAdd(reply.FirstProducerId, reply.Count)) World.Violate("ProducerIdsOnce", $"block {reply.FirstProducerId} twice");
    });
}
