using System.Collections.Immutable;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Tests.Cli;

/// <summary>A cluster of several nodes, all played by one <see cref="FakeBroker"/>; moves are done at once.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly FakeBroker _broker = new();
    private readonly Lock _gate = new();

    public FakeCluster(int nodes, int voters)
    {
        Nodes = [.. Enumerable.Range(1, nodes)];
        Voters = [.. Enumerable.Range(1, voters)];
        _broker.Answer = Respond;
    }

    public string Address => _broker.Address.ToString();
    public ImmutableArray<int> Nodes { get; }
    public ImmutableArray<int> Voters { get; }
    public HashSet<int> Down { get; } = [];
    public HashSet<int> SilentVoters { get; } = [];
    public HashSet<int> Drained { get; } = [];
    public List<int> Unregistered { get; } = [];
    public List<int> Moving { get; } = [];
    public List<(string Feature, short Level)> Raised { get; } = [];

    /// <summary>Why the level cannot be raised; null when it can.</summary>
    public string? LevelRefusal { get; set; }

    /// <summary>Partitions of "orders": replicas, of which so many are in sync, and the leader.</summary>
    public List<(int Leader, int[] Replicas, int[] Isr)> Orders { get; } = [];

    /// <summary>Called before each answer of Metadata.</summary>
    public Action<int>? OnMetadata { get; set; }

    public int Count(ApiKey key) => _broker.Count(key);

    public Task<CommandRun> RunAsync(params string[] args) => CommandRun.OfAsync(["cluster", .. args, "-b", Address]);

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private IWireMessage? Respond(ApiKey key, short version, IWireMessage request)
    {
        lock (_gate)
        {
            return request switch
            {
                MetadataRequest => Metadata(),
                DescribeClusterRequest => Describe(),
                DescribeQuorumRequest => Quorum(),
                ListPartitionReassignmentsRequest => Reassignments(),
                AlterPartitionReassignmentsRequest alter => Move(alter),
                ElectLeadersRequest elect => Elect(elect),
                DescribeConfigsRequest describe => Configs(int.Parse(describe.Resources[0].ResourceName)),
                IncrementalAlterConfigsRequest alter => Drain(alter.Resources[0]),
                UpdateFeaturesRequest update => Raise(update),
                UnregisterBrokerRequest unregister => Unregister(unregister.BrokerId),
                _ => null,
            };
        }
    }

    private UpdateFeaturesResponse Raise(UpdateFeaturesRequest update)
    {
        if (LevelRefusal is { } why) return new UpdateFeaturesResponse { ErrorCode = ErrorCode.InvalidUpdateVersion, ErrorMessage = why };
        if (!update.ValidateOnly) Raised.Add((update.FeatureUpdates[0].Feature, update.FeatureUpdates[0].MaxVersionLevel));
        return new UpdateFeaturesResponse();
    }

    private MetadataResponse Metadata()
    {
        OnMetadata?.Invoke(_broker.Count(ApiKey.Metadata));
        var response = new MetadataResponse { ClusterId = "fake", ControllerId = 1 };
        foreach (var node in Nodes.Where(node => !Down.Contains(node)))
            response.Brokers.Add(new() { NodeId = node, Host = _broker.Address.Host, Port = _broker.Address.Port });
        var topic = new MetadataResponse.MetadataResponseTopic { Name = "orders" };
        for (var i = 0; i < Orders.Count; i++)
        {
            topic.Partitions.Add(new()
            {
                PartitionIndex = i, LeaderId = Orders[i].Leader, ReplicaNodes = [.. Orders[i].Replicas], IsrNodes = [.. Orders[i].Isr],
            });
        }

        response.Topics.Add(topic);
        return response;
    }

    private DescribeClusterResponse Describe()
    {
        var response = new DescribeClusterResponse { ClusterId = "fake", ControllerId = 1 };
        foreach (var node in Nodes.Except(Unregistered))
            response.Brokers.Add(new() { BrokerId = node, Host = _broker.Address.Host, Port = _broker.Address.Port, IsFenced = Down.Contains(node) });
        return response;
    }

    private DescribeQuorumResponse Quorum()
    {
        var partition = new DescribeQuorumResponse.PartitionData { PartitionIndex = 0, LeaderId = 1, LeaderEpoch = 5, HighWatermark = 10 };
        foreach (var voter in Voters) partition.CurrentVoters.Add(new() { ReplicaId = voter, LogEndOffset = SilentVoters.Contains(voter) ? -1 : 10 });
        return new DescribeQuorumResponse { Topics = [new() { TopicName = "__cluster_metadata", Partitions = [partition] }] };
    }

    private ListPartitionReassignmentsResponse Reassignments()
    {
        var topic = new ListPartitionReassignmentsResponse.OngoingTopicReassignment { Name = "orders" };
        foreach (var i in Moving) topic.Partitions.Add(new() { PartitionIndex = i, Replicas = [.. Orders[i].Replicas] });
        return new ListPartitionReassignmentsResponse { Topics = [topic] };
    }

    private AlterPartitionReassignmentsResponse Move(AlterPartitionReassignmentsRequest request)
    {
        var topic = new AlterPartitionReassignmentsResponse.ReassignableTopicResponse { Name = "orders" };
        foreach (var wanted in request.Topics[0].Partitions)
        {
            int[] replicas = [.. wanted.Replicas!];
            var leader = Orders[wanted.PartitionIndex].Leader;
            Orders[wanted.PartitionIndex] = (replicas.Contains(leader) ? leader : replicas[0], replicas, replicas);
            topic.Partitions.Add(new() { PartitionIndex = wanted.PartitionIndex });
        }

        return new AlterPartitionReassignmentsResponse { Responses = [topic] };
    }

    private ElectLeadersResponse Elect(ElectLeadersRequest request)
    {
        foreach (var i in request.TopicPartitions![0].Partitions) Orders[i] = Orders[i] with { Leader = Orders[i].Replicas[0] };
        return new ElectLeadersResponse();
    }

    private DescribeConfigsResponse Configs(int node) => new()
    {
        Results =
        [
            new()
            {
                ResourceType = (sbyte)ConfigScope.Broker, ResourceName = $"{node}",
                Configs = [new() { Name = "actorbroker.broker.drain", Value = Drained.Contains(node) ? "true" : "false", ConfigSource = 2 }],
            },
        ],
    };

    private IncrementalAlterConfigsResponse Drain(IncrementalAlterConfigsRequest.AlterConfigsResource resource)
    {
        var node = int.Parse(resource.ResourceName);
        Assert.Equal("actorbroker.broker.drain", resource.Configs[0].Name);
        if (resource.Configs[0].ConfigOperation == (sbyte)ConfigOperation.Set)
        {
            Drained.Add(node);
            for (var i = 0; i < Orders.Count; i++)
                if (Orders[i].Leader == node && Orders[i].Isr.Length > 1) Orders[i] = Orders[i] with { Leader = Orders[i].Isr.First(id => id != node) };
        }
        else
        {
            Drained.Remove(node);
        }

        return new IncrementalAlterConfigsResponse { Responses = [new() { ResourceType = (sbyte)ConfigScope.Broker, ResourceName = resource.ResourceName }] };
    }

    private UnregisterBrokerResponse Unregister(int node)
    {
        Unregistered.Add(node);
        return new UnregisterBrokerResponse();
    }
}
