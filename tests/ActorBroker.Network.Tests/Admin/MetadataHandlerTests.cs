using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Admin;

/// <summary>Metadata, DescribeTopicPartitions, DescribeCluster.</summary>
public class MetadataHandlerTests
{
    private readonly AdminFixture _admin = new();

    private Task<MetadataResponse> AskAsync(int version, bool mayCreate, params string[]? topics) => AskAsync(version, new MetadataRequest
    {
        Topics = topics?.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name }).ToList(),
        AllowAutoTopicCreation = version < 4 || mayCreate,
    });

    private Task<MetadataResponse> AskAsync(int version, MetadataRequest request) =>
        _admin.CallAsync(new MetadataHandler(_admin.Services), version, request);

    private Task<DescribeTopicPartitionsResponse> PageAsync(int limit, string? cursor, int partition, params string[] topics) =>
        _admin.CallAsync(new DescribeTopicPartitionsHandler(_admin.Services), 0, new DescribeTopicPartitionsRequest
        {
            Topics = [.. topics.Select(name => new DescribeTopicPartitionsRequest.TopicRequest { Name = name })],
            ResponsePartitionLimit = limit,
            Cursor = cursor is null ? null
                : new DescribeTopicPartitionsRequest.CursorData { TopicName = cursor, PartitionIndex = partition },
        });

    private static string Show(DescribeTopicPartitionsResponse page) =>
        string.Join(" ", page.Topics.Select(topic => $"{topic.Name}:{string.Join(",", topic.Partitions.Select(p => p.PartitionIndex))}")) +
        (page.NextCursor is null ? "" : $" > {page.NextCursor.TopicName}:{page.NextCursor.PartitionIndex}");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(13)]
    public async Task A_topic_is_described_in_every_version(int version)
    {
        var id = _admin.Create("t", 2).TopicId;
        var response = await AskAsync(version, false, "t");
        var topic = Assert.Single(response.Topics);
        Assert.Equal((ErrorCode.None, "t", version >= 10 ? id : Uuid.Zero), (topic.ErrorCode, topic.Name, topic.TopicId));
        Assert.Equal([0, 1], topic.Partitions.Select(partition => partition.PartitionIndex));
        Assert.All(topic.Partitions, partition => Assert.Equal((1, ErrorCode.None), (partition.LeaderId, partition.ErrorCode)));
        Assert.Equal([1], topic.Partitions[0].ReplicaNodes);
        var broker = Assert.Single(response.Brokers);
        Assert.Equal((1, "host1", 9091), (broker.NodeId, broker.Host, broker.Port));
        Assert.Equal(version >= 1 ? 1 : -1, response.ControllerId);
        Assert.Equal(version >= 2 ? "AAAAAAAAAAAAAAAAAAAAAQ" : null, response.ClusterId);
    }

    [Fact]
    public async Task No_list_means_all_topics_and_an_empty_one_means_none()
    {
        _admin.Create("a");
        _admin.Create("b");
        Assert.Equal(2, (await AskAsync(1, true, null)).Topics.Count);
        Assert.Empty((await AskAsync(1, true)).Topics);
        Assert.Equal(2, (await AskAsync(0, true)).Topics.Count);
    }

    [Fact]
    public async Task A_missing_topic_is_made_when_both_sides_allow_it()
    {
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync(4, false, "t")).Topics[0].ErrorCode);
        var topic = (await AskAsync(4, true, "t")).Topics[0];
        Assert.Equal((ErrorCode.None, 1), (topic.ErrorCode, topic.Partitions[0].LeaderId));
        Assert.Equal(["t-0"], _admin.Awaited);
        Assert.Equal(ErrorCode.None, (await AskAsync(1, false, "u")).Topics[0].ErrorCode);
    }

    [Fact]
    public async Task Nothing_is_made_when_the_broker_does_not_allow_it()
    {
        var admin = new AdminFixture(BrokerConfig.Empty.With(("auto.create.topics.enable", "false")));
        var request = new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = "t" }], AllowAutoTopicCreation =
            true };
        var response = await admin.CallAsync(new MetadataHandler(admin.Services), 12, request);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, response.Topics[0].ErrorCode);
        Assert.Empty(admin.Current.Topics);
    }

    [Fact]
    public async Task Bad_names_are_invalid_and_topics_that_cannot_be_made_unknown()
    {
        var response = await AskAsync(12, true, "bad name", "");
        Assert.Equal([ErrorCode.InvalidTopicException, ErrorCode.InvalidTopicException], response.Topics.Select(topic => topic.ErrorCode));
        _admin.Create("f.o");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync(12, true, "f_o")).Topics[0].ErrorCode);
        _admin.Failure = ErrorCode.RequestTimedOut;
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync(12, true, "later")).Topics[0].ErrorCode);
    }

    [Fact]
    public async Task The_offsets_topic_is_made_with_its_own_settings()
    {
        var topic = (await AskAsync(9, true, "__consumer_offsets")).Topics[0];
        Assert.True(topic.IsInternal);
        Assert.Equal(50, topic.Partitions.Count);
        Assert.Equal("compact", _admin.Current.Configs.Single(pair => pair.Key.Name == "__consumer_offsets").Value["cleanup.policy"]);
    }

    [Fact]
    public async Task Topics_can_be_asked_for_by_id()
    {
        var id = _admin.Create("t").TopicId;
        var unknown = new Uuid(0, 1);
        var response = await AskAsync(12, new MetadataRequest
        {
            Topics =
            [
                new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = unknown },
                new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = id },
            ],
        });
        Assert.Equal([(ErrorCode.UnknownTopicId, null, unknown), (ErrorCode.None, "t", id)],
            response.Topics.Select(topic => (topic.ErrorCode, topic.Name, topic.TopicId)));
    }

    [Fact]
    public async Task An_id_means_nothing_before_version_twelve()
    {
        var response = await AskAsync(11, new MetadataRequest
        {
            Topics = [new MetadataRequest.MetadataRequestTopic { Name = "t", TopicId = new Uuid(0, 9) }],
        });
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(response.Topics).ErrorCode);
        Assert.Empty(response.Brokers);
        Assert.Empty(_admin.Current.Topics);
    }

    [Fact]
    public async Task Operations_are_named_only_when_asked_for()
    {
        _admin.Create("t");
        var request = new MetadataRequest
        {
            Topics = [new MetadataRequest.MetadataRequestTopic { Name = "t" }], IncludeTopicAuthorizedOperations = true,
            IncludeClusterAuthorizedOperations = true,
        };
        var asked = await AskAsync(10, request);
        Assert.Equal((3576, 8096), (asked.Topics[0].TopicAuthorizedOperations, asked.ClusterAuthorizedOperations));
        var unasked = await AskAsync(10, false, "t");
        Assert.Equal((int.MinValue, int.MinValue), (unasked.Topics[0].TopicAuthorizedOperations, unasked.ClusterAuthorizedOperations));
    }

    [Fact]
    public async Task A_leader_that_is_down_or_out_of_reach_is_not_named()
    {
        var admin = new AdminFixture(brokers: 2);
        admin.Decide(new CreateTopics([new TopicToCreate("t", Uuid.NewRandom(), -1, -1, [new PartitionAssignment(0, [2])], [])], false, 0));
        var handler = new MetadataHandler(admin.Services);
        var request = new MetadataRequest { Topics = null };

        var other = admin.Context(ApiKey.Metadata, 6, "INTERNAL");
        var unreachable = (await handler.HandleAsync(request, other)).Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.ListenerNotFound, -1), (unreachable.ErrorCode, unreachable.LeaderId));
        var older = (await handler.HandleAsync(request, admin.Context(ApiKey.Metadata, 5, "INTERNAL"))).Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.LeaderNotAvailable, older.ErrorCode);

        admin.Decide(new FenceBroker(2, 2, true));
        var response = await admin.CallAsync(handler, 12, request);
        var down = response.Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.LeaderNotAvailable, -1), (down.ErrorCode, down.LeaderId));
        Assert.Equal([2], down.OfflineReplicas);
        Assert.Equal([1], response.Brokers.Select(broker => broker.NodeId));
    }

    [Fact]
    public async Task Pages_of_partitions_follow_the_names_and_the_cursor()
    {
        _admin.Create("p6", 3);
        _admin.Create("p5", 5);
        Assert.Equal("p5:0,1 > p5:2", Show(await PageAsync(2, null, 0, "p6", "p5")));
        Assert.Equal("p5:3,4 > p6:0", Show(await PageAsync(2, "p5", 3, "p6", "p5")));
        Assert.Equal("p5:4 p6:0 > p6:1", Show(await PageAsync(2, "p5", 4, "p6", "p5")));
        Assert.Equal("p5:0,1,2,3,4 > p6:0", Show(await PageAsync(5, null, 0, "p6", "p5")));
        Assert.Equal("p5:0 > p5:1", Show(await PageAsync(-3, null, 0, "p6", "p5")));
        Assert.Equal("p5:0,1,2,3,4 p6:0,1,2", Show(await PageAsync(2000, null, 0)));
        Assert.Equal("p6:0,1,2", Show(await PageAsync(3, "p6", 0)));
    }

    [Fact]
    public async Task A_page_names_unknown_topics_in_their_place()
    {
        _admin.Create("p5");
        var page = await PageAsync(10, null, 0, "nope", "p5", "bad name");
        Assert.Equal([("bad name", ErrorCode.InvalidTopicException), ("nope", ErrorCode.UnknownTopicOrPartition), ("p5", ErrorCode.None)],
            page.Topics.Select(topic => (topic.Name!, topic.ErrorCode)));
        Assert.All(page.Topics, topic => Assert.Equal(3576, topic.TopicAuthorizedOperations));
    }

    [Theory]
    [InlineData("zz", 0)]
    [InlineData("p5", -1)]
    public async Task A_cursor_that_points_nowhere_is_refused(string cursor, int partition)
    {
        _admin.Create("p5");
        var page = await PageAsync(10, cursor, partition, "p6", "p5");
        Assert.Equal(["p6", "p5"], page.Topics.Select(topic => topic.Name));
        Assert.All(page.Topics, topic =>
            Assert.Equal((ErrorCode.InvalidRequest, int.MinValue), (topic.ErrorCode, topic.TopicAuthorizedOperations)));
    }

    [Fact]
    public async Task The_cluster_is_described_with_fenced_brokers_only_when_asked()
    {
        _admin.Join(2, opens: false);
        var handler = new DescribeClusterHandler();
        var plain = await _admin.CallAsync(handler, 1, new DescribeClusterRequest());
        Assert.Equal(("AAAAAAAAAAAAAAAAAAAAAQ", 1, ErrorCode.None), (plain.ClusterId, plain.ControllerId, plain.ErrorCode));
        Assert.Equal([1], plain.Brokers.Select(broker => broker.BrokerId));
        var all = await _admin.CallAsync(
            handler, 2, new DescribeClusterRequest { IncludeFencedBrokers = true, IncludeClusterAuthorizedOperations = true });
        Assert.Equal([(1, false), (2, true)], all.Brokers.Select(broker => (broker.BrokerId, broker.IsFenced)));
        Assert.Equal(8096, all.ClusterAuthorizedOperations);
    }

    [Fact]
    public async Task Controllers_are_not_described_here()
    {
        var response = await _admin.CallAsync(new DescribeClusterHandler(), 1, new DescribeClusterRequest { EndpointType = 2 });
        Assert.Equal(ErrorCode.MismatchedEndpointType, response.ErrorCode);
        Assert.Equal("The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER",
            response.ErrorMessage);
    }

    [Fact]
    public async Task Leaders_are_elected_where_it_is_needed()
    {
        var admin = new AdminFixture(brokers: 2);
        admin.Decide(new CreateTopics([new TopicToCreate("t", Uuid.NewRandom(), -1, -1, [new(0, [2, 1]), new(1, [1, 2])], [])], false, 0));
        admin.Decide(new FenceBroker(2, 2, true));
        admin.Decide(new FenceBroker(2, 2, false));
        var handler = new ElectLeadersHandler(admin.Services);
        var all = await admin.CallAsync(handler, 2, new ElectLeadersRequest { TopicPartitions = null });
        var result = Assert.Single(Assert.Single(all.ReplicaElectionResults).PartitionResult);
        Assert.Equal((0, ErrorCode.PreferredLeaderNotAvailable), (result.PartitionId, result.ErrorCode));
        var one = await admin.CallAsync(handler, 0, new ElectLeadersRequest
        {
            TopicPartitions = [new ElectLeadersRequest.TopicPartitionsData { Topic = "t", Partitions = [1, 7] }],
        });
        Assert.Equal([ErrorCode.ElectionNotNeeded, ErrorCode.UnknownTopicOrPartition],
            one.ReplicaElectionResults[0].PartitionResult.Select(partition => partition.ErrorCode));
    }

    [Fact]
    public async Task An_election_of_all_names_every_topic_and_of_its_partitions_only_those_that_needed_one()
    {
        _admin.Create("t", 2);
        _admin.Create("u", 1);
        var all = await _admin.CallAsync(new ElectLeadersHandler(_admin.Services), 2, new ElectLeadersRequest { TopicPartitions = null });
        Assert.Equal(["t", "u"], all.ReplicaElectionResults.Select(result => result.Topic).Order(StringComparer.Ordinal));
        Assert.All(all.ReplicaElectionResults, result => Assert.Empty(result.PartitionResult));
    }

    [Fact]
    public async Task An_unknown_kind_of_election_is_refused_for_each_partition_too()
    {
        var refused = await _admin.CallAsync(new ElectLeadersHandler(_admin.Services), 2, new ElectLeadersRequest
        {
            ElectionType = 5, TopicPartitions = [new ElectLeadersRequest.TopicPartitionsData { Topic = "t", Partitions = [1, 7] }],
        });
        Assert.Equal(ErrorCode.InvalidRequest, refused.ErrorCode);
        Assert.Equal([(1, ErrorCode.InvalidRequest, "Unknown election type 5"), (7, ErrorCode.InvalidRequest, "Unknown election type 5")],
            Assert.Single(refused.ReplicaElectionResults).PartitionResult.Select(p => (p.PartitionId, p.ErrorCode, p.ErrorMessage!)));
    }

    [Fact]
    public async Task A_broker_that_will_not_come_back_is_forgotten()
    {
        var admin = new AdminFixture(brokers: 2);
        var handler = new UnregisterBrokerHandler(admin.Services);
        Assert.Equal(ErrorCode.None, (await admin.CallAsync(handler, 0, new UnregisterBrokerRequest { BrokerId = 2 })).ErrorCode);
        Assert.Equal([1], admin.Current.Brokers.Keys);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered,
            (await admin.CallAsync(handler, 0, new UnregisterBrokerRequest { BrokerId = 2 })).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await admin.CallAsync(handler, 0, new UnregisterBrokerRequest { BrokerId = 1 })).ErrorCode);
    }
}
