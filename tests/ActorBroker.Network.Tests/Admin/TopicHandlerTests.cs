using ActorBroker.Core.Configuration;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Admin;

/// <summary>CreateTopics, DeleteTopics, CreatePartitions.</summary>
public class TopicHandlerTests
{
    private readonly AdminFixture _admin = new();

    private Task<CreateTopicsResponse> CreateAsync(int version, bool validateOnly, params CreateTopicsRequest.CreatableTopic[] topics) =>
        _admin.CallAsync(new CreateTopicsHandler(_admin.Services), version, new CreateTopicsRequest
        {
            Topics = [.. topics], TimeoutMs = 5000, ValidateOnly = validateOnly,
        });

    private static CreateTopicsRequest.CreatableTopic Topic(string name, int partitions = 1, short factor = 1) =>
        new() { Name = name, NumPartitions = partitions, ReplicationFactor = factor };

    private Task<DeleteTopicsResponse> DeleteAsync(int version, params DeleteTopicsRequest.DeleteTopicState[] topics) =>
        _admin.CallAsync(new DeleteTopicsHandler(_admin.Services), version, version >= 6
            ? new DeleteTopicsRequest { Topics = [.. topics] }
            : new DeleteTopicsRequest { TopicNames = [.. topics.Select(topic => topic.Name!)] });

    private static DeleteTopicsRequest.DeleteTopicState Named(string name) => new() { Name = name };

    private static DeleteTopicsRequest.DeleteTopicState Id(Uuid id) => new() { Name = null, TopicId = id };

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task A_topic_is_made_and_described_as_its_version_can(int version)
    {
        var request = Topic("t", 3);
        request.Configs = [new CreateTopicsRequest.CreatableTopicConfig { Name = "retention.ms", Value = "1000" }];
        var topic = Assert.Single((await CreateAsync(version, false, request)).Topics);
        Assert.Equal((ErrorCode.None, null), (topic.ErrorCode, topic.ErrorMessage));
        Assert.Equal(["t-0", "t-1", "t-2"], _admin.Awaited);
        Assert.Equal(version >= 7 ? _admin.Current.Topics["t"].Id : Uuid.Zero, topic.TopicId);
        if (version < 5) return;
        Assert.Equal((3, (short)1), (topic.NumPartitions, topic.ReplicationFactor));
        var retention = topic.Configs!.Single(config => config.Name == "retention.ms");
        Assert.Equal(("1000", (sbyte)1), (retention.Value, retention.ConfigSource));
        var minimum = topic.Configs!.Single(config => config.Name == "min.insync.replicas");
        Assert.Equal(("1", (sbyte)3), (minimum.Value, minimum.ConfigSource));
        Assert.Equal(33, topic.Configs!.Count);
    }

    [Fact]
    public async Task Names_that_stand_twice_are_refused_once_and_answered_last()
    {
        var response = await CreateAsync(7, false, Topic("d1"), Topic("__cluster_metadata"), Topic("d1", 2), Topic("d2"));
        Assert.Equal(
            [
                ("d2", ErrorCode.None, null), ("d1", ErrorCode.InvalidRequest, "Duplicate topic name."),
                ("__cluster_metadata", ErrorCode.InvalidRequest, "Creation of internal topic __cluster_metadata is prohibited."),
            ],
            response.Topics.Select(topic => (topic.Name, topic.ErrorCode, topic.ErrorMessage)));
    }

    [Fact]
    public async Task A_refused_topic_has_no_counts_and_no_configs()
    {
        var topic = (await CreateAsync(7, false, Topic("t", 0))).Topics[0];
        Assert.Equal((ErrorCode.InvalidPartitions, -1, (short)-1, Uuid.Zero),
            (topic.ErrorCode, topic.NumPartitions, topic.ReplicationFactor, topic.TopicId));
        Assert.Empty(topic.Configs!);
    }

    [Fact]
    public async Task Validating_waits_for_no_leader()
    {
        Assert.Equal(ErrorCode.None, (await CreateAsync(7, true, Topic("t", -1, -1))).Topics[0].ErrorCode);
        Assert.Empty(_admin.Awaited);
        Assert.Empty(_admin.Current.Topics);
    }

    [Fact]
    public async Task Every_topic_is_told_when_the_controller_does_not_answer()
    {
        _admin.Failure = ErrorCode.RequestTimedOut;
        var response = await CreateAsync(7, false, Topic("a"), Topic("b"));
        Assert.All(response.Topics, topic => Assert.Equal(ErrorCode.RequestTimedOut, topic.ErrorCode));
    }

    [Fact]
    public async Task Topics_are_deleted_by_name_and_by_id()
    {
        var id = _admin.Create("b").TopicId;
        _admin.Create("a");
        var response = await DeleteAsync(6, Named("a"), Id(id), Named("nope"), Id(new Uuid(0, 5)));
        Assert.Equal(
            [
                ("a", ErrorCode.None, null), ("nope", ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition."),
                ("b", ErrorCode.None, null), (null, ErrorCode.UnknownTopicId, "This server does not host this topic ID."),
            ],
            response.Responses.Select(topic => (topic.Name, topic.ErrorCode, topic.ErrorMessage)));
        Assert.Empty(_admin.Current.Topics);
    }

    [Fact]
    public async Task References_that_are_not_clear_are_refused_and_nothing_is_deleted()
    {
        var id = _admin.Create("a").TopicId;
        var both = new DeleteTopicsRequest.DeleteTopicState { Name = "a", TopicId = id };
        var messages = new[]
        {
            (await DeleteAsync(6, both)).Responses, (await DeleteAsync(6, Id(Uuid.Zero))).Responses,
                (await DeleteAsync(6, Named("a"), Named("a"))).Responses,
            (await DeleteAsync(6, Id(id), Id(id))).Responses, (await DeleteAsync(6, Named("a"), Id(id))).Responses,
        }.Select(responses => Assert.Single(responses)).ToArray();
        Assert.All(messages, topic => Assert.Equal(ErrorCode.InvalidRequest, topic.ErrorCode));
        Assert.Equal(
            [
                "You may not specify both topic name and topic id.", "Neither topic name nor id were specified.", "Duplicate topic name.",
                "Duplicate topic id.", "The provided topic name maps to an ID that was already supplied.",
            ],
            messages.Select(topic => topic.ErrorMessage));
        Assert.Single(_admin.Current.Topics);
    }

    [Theory]
    [InlineData(1, ErrorCode.InvalidRequest)]
    [InlineData(3, ErrorCode.TopicDeletionDisabled)]
    public async Task Deletion_can_be_turned_off(int version, ErrorCode error)
    {
        var admin = new AdminFixture(BrokerConfig.Empty.With(("delete.topic.enable", "false")));
        admin.Create("t");
        var response = await admin.CallAsync(
            new DeleteTopicsHandler(admin.Services), version, new DeleteTopicsRequest { TopicNames = ["t"] });
        Assert.Equal(error, response.Responses[0].ErrorCode);
        Assert.Single(admin.Current.Topics);
    }

    [Fact]
    public async Task Partitions_are_added_and_awaited()
    {
        _admin.Create("t", 2);
        _admin.Create("u");
        var response = await _admin.CallAsync(new CreatePartitionsHandler(_admin.Services), 3, new CreatePartitionsRequest
        {
            Topics =
            [
                new CreatePartitionsRequest.CreatePartitionsTopic { Name = "t", Count = 4, Assignments = null },
                new CreatePartitionsRequest.CreatePartitionsTopic { Name = "nope", Count = 3, Assignments = null },
                new CreatePartitionsRequest.CreatePartitionsTopic { Name = "u", Count = 5, Assignments = null },
                new CreatePartitionsRequest.CreatePartitionsTopic { Name = "u", Count = 6, Assignments = null },
            ],
            TimeoutMs = 5000,
        });
        Assert.Equal(
            [
                ("t", ErrorCode.None, null), ("nope", ErrorCode.UnknownTopicOrPartition, null),
                    ("u", ErrorCode.InvalidRequest, "Duplicate topic name."),
            ],
            response.Results.Select(topic => (topic.Name, topic.ErrorCode, topic.ErrorMessage)));
        Assert.Equal(["t-2", "t-3"], _admin.Awaited);
    }

    [Fact]
    public async Task Added_partitions_may_be_assigned()
    {
        _admin.Create("t");
        var request = new CreatePartitionsRequest
        {
            Topics =
            [
                new CreatePartitionsRequest.CreatePartitionsTopic
                {
                    Name = "t", Count = 3, Assignments = [new CreatePartitionsRequest.CreatePartitionsAssignment { BrokerIds = [1] }],
                },
            ],
        };
        var result = (await _admin.CallAsync(new CreatePartitionsHandler(_admin.Services), 0, request)).Results[0];
        Assert.Equal("Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.", result.ErrorMessage);
    }
}
