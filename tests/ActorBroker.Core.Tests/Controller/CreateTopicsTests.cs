using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Controller.ControllerFixture;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>R72, with the codes and words of Kafka 4.3.1.</summary>
public class CreateTopicsTests
{
    private readonly ControllerFixture _controller = new();

    [Fact]
    public void A_topic_is_made_with_its_partitions_led_by_the_broker()
    {
        var created = _controller.Create(_controller.Topic("t", 3));
        Assert.True(created.Error.IsNone);
        Assert.Equal((3, (short)1), (created.PartitionCount, created.ReplicationFactor));
        var topic = _controller.Image.Topics["t"];
        Assert.Same(topic, _controller.Image.TopicsById[created.TopicId]);
        Assert.Equal(3, topic.Partitions.Length);
        Assert.All(topic.Partitions, partition => Assert.Equal("leader 1 isr [1] epoch 0/0", Describe(partition)));
    }

    [Fact]
    public void Minus_one_takes_the_configured_defaults()
    {
        var controller = new ControllerFixture(
            BrokerConfig.Empty.With(("num.partitions", "4"), ("default.replication.factor", "2")), brokers: 3);
        var created = controller.Create(controller.Topic("t", -1, -1));
        Assert.Equal((4, (short)2), (created.PartitionCount, created.ReplicationFactor));
        Assert.All(controller.Image.Topics["t"].Partitions, partition => Assert.Equal(2, partition.Replicas.Length));
    }

    [Fact]
    public void Validate_only_answers_the_same_and_makes_nothing()
    {
        var created = _controller.Create(_controller.Topic("t", -1, -1), validateOnly: true);
        Assert.True(created.Error.IsNone);
        Assert.Equal(1, created.PartitionCount);
        Assert.NotEqual(Uuid.Zero, created.TopicId);
        Assert.Empty(_controller.Image.Topics);
    }

    [Theory]
    [InlineData("", "Topic name is invalid: the empty string is not allowed")]
    [InlineData(".", "Topic name is invalid: '.' is not allowed")]
    [InlineData("..", "Topic name is invalid: '..' is not allowed")]
    [InlineData("a b", "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    [InlineData("ä", "Topic name is invalid: 'ä' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    public void A_bad_name_is_refused(string name, string message)
    {
        var error = _controller.Create(_controller.Topic(name)).Error;
        Assert.Equal((ErrorCode.InvalidTopicException, message), (error.Code, error.Message));
    }

    [Fact]
    public void A_name_of_249_characters_is_the_longest()
    {
        Assert.True(_controller.Create(_controller.Topic(new string('a', 249))).Error.IsNone);
        var error = _controller.Create(_controller.Topic(new string('b', 250))).Error;
        Assert.Equal(ErrorCode.InvalidTopicException, error.Code);
        Assert.EndsWith("is longer than the max allowed length 249", error.Message);
    }

    [Fact]
    public void An_existing_name_is_refused()
    {
        _controller.Create(_controller.Topic("t"));
        var error = _controller.Create(_controller.Topic("t")).Error;
        Assert.Equal((ErrorCode.TopicAlreadyExists, "Topic 't' already exists."), (error.Code, error.Message));
    }

    [Fact]
    public void Names_that_differ_in_dot_and_underscore_only_collide()
    {
        _controller.Create(_controller.Topic("f.o"));
        var error = _controller.Create(_controller.Topic("f_o")).Error;
        Assert.Equal((ErrorCode.InvalidTopicException, "Topic 'f_o' collides with existing topic: f.o"), (error.Code, error.Message));
        _controller.Do(new DeleteTopics([new TopicReference("f.o", Uuid.Zero)]));
        Assert.True(_controller.Create(_controller.Topic("f_o")).Error.IsNone);
    }

    [Fact]
    public void Names_of_one_request_collide_too()
    {
        var reply = _controller.Do(
            new CreateTopics([_controller.Topic("x.y"), _controller.Topic("x_y"), _controller.Topic("x-y")], false, 0));
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidTopicException, ErrorCode.None], reply.Topics.Select(topic => topic.Error.Code));
    }

    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.")]
    [InlineData(-2, 1, ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.")]
    [InlineData(1, 0, ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.")]
    [InlineData(0, -2, ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.")]
    [InlineData(1, 2, ErrorCode.InvalidReplicationFactor,
        "Unable to replicate the partition 2 time(s): The target replication factor of 2 cannot be reached because only 1 broker(s) are " +
        "registered or some brokers have all their log directories cordoned.")]
    public void Counts_that_cannot_be_are_refused(int partitions, short factor, ErrorCode code, string message)
    {
        var error = _controller.Create(_controller.Topic("t", partitions, factor)).Error;
        Assert.Equal((code, message), (error.Code, error.Message));
    }

    [Fact]
    public void More_than_ten_thousand_partitions_spoil_the_whole_request()
    {
        var reply = _controller.Do(new CreateTopics([_controller.Topic("a"), _controller.Topic("b", 10_000)], false, 0));
        Assert.All(reply.Topics, topic => Assert.Equal(
            new KafkaError(ErrorCode.PolicyViolation, "Excessively large number of partitions per request."), topic.Error));
    }

    [Fact]
    public void No_topic_is_placed_while_all_brokers_are_fenced()
    {
        _controller.Do(new FenceBroker(1, IncarnationOf(1), true));
        var error = _controller.Create(_controller.Topic("t")).Error;
        Assert.Equal(ErrorCode.InvalidReplicationFactor, error.Code);
        Assert.StartsWith("Unable to replicate the partition 1 time(s): All brokers are currently fenced", error.Message);
    }

    [Theory]
    [InlineData("nope", "1", "Unknown topic config name: nope")]
    [InlineData("retention.ms", null, "Null value not supported for topic configs: retention.ms")]
    [InlineData("retention.ms", "abc", "Invalid value abc for configuration retention.ms: Not a number of type LONG")]
    [InlineData("remote.storage.enable", "true",
        "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.")]
    public void A_wrong_config_is_refused(string name, string? value, string message)
    {
        var error = _controller.Create(_controller.Topic("t", 1, 1, (name, value))).Error;
        Assert.Equal((ErrorCode.InvalidConfig, message), (error.Code, error.Message));
        Assert.Empty(_controller.Image.Topics);
    }

    [Fact]
    public void Configs_that_contradict_each_other_are_refused()
    {
        var error = _controller.Create(_controller.Topic("t", 1, 1, ("min.compaction.lag.ms", "100"), ("max.compaction.lag.ms", "10")))
            .Error;
        Assert.Equal("conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (10)", error.Message);
    }

    [Fact]
    public void A_config_that_stands_twice_counts_as_it_stands_last()
    {
        var created = _controller.Create(_controller.Topic("t", 1, 1, ("retention.ms", "1"), ("retention.ms", "2")));
        Assert.Equal("2", created.Configs["retention.ms"]);
        Assert.Equal("2", _controller.Image.Configs[new ConfigResource(ConfigResourceType.Topic, "t")]["retention.ms"]);
    }

    [Fact]
    public void Replicas_may_be_assigned_by_hand()
    {
        var controller = new ControllerFixture(brokers: 3);
        var created = controller.Create(controller.Assigned("t", (1, [3, 2]), (0, [2, 1])));
        Assert.Equal((2, (short)2), (created.PartitionCount, created.ReplicationFactor));
        Assert.Equal([2, 1], controller.Partition("t", 0).Replicas.ToArray());
        Assert.Equal("leader 3 isr [3,2] epoch 0/0", Describe(controller.Partition("t", 1)));
    }

    [Fact]
    public void An_assignment_leaves_fenced_brokers_out_of_the_in_sync_replicas()
    {
        var controller = new ControllerFixture(brokers: 2);
        controller.Do(new FenceBroker(2, IncarnationOf(2), true));
        controller.Create(controller.Assigned("t", (0, [2, 1])));
        Assert.Equal("leader 1 isr [1] epoch 0/0", Describe(controller.Partition("t")));
        var error = controller.Create(controller.Assigned("u", (0, [2]))).Error;
        Assert.Equal(
            "All brokers specified in the manual partition assignment for partition 0 are fenced or in controlled shutdown.",
                error.Message);
    }

    public static TheoryData<int[][], int[], string> BadAssignments => new()
    {
        { [[1]], [1], "partitions should be a consecutive 0-based integer sequence" },
        { [[1]], [-1], "partitions should be a consecutive 0-based integer sequence" },
        { [[1, 1]], [0], "The manual partition assignment includes the broker 1 more than once." },
        { [[9]], [0], "The manual partition assignment includes broker 9, but no such broker is registered." },
        { [[]], [0], "The manual partition assignment includes an empty replica list." },
        { [[1], [1]], [0, 0], "Found multiple manual partition assignments for partition 0" },
        {
            [[1], [1, 2]], [0, 1],
            "The manual partition assignment includes a partition with 2 replica(s), but this is not consistent with previous partitions, " +
            "which have 1 replica(s)."
        },
    };

    [Theory]
    [MemberData(nameof(BadAssignments))]
    public void A_wrong_assignment_is_refused(int[][] replicas, int[] partitions, string message)
    {
        var controller = new ControllerFixture(brokers: 2);
        var assignments = partitions.Select((partition, i) => (partition, replicas[i])).ToArray();
        var error = controller.Create(controller.Assigned("t", assignments)).Error;
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, message), (error.Code, error.Message));
    }

    [Theory]
    [InlineData(1, 1, "A manual partition assignment was specified, but replication factor was not set to -1.")]
    [InlineData(1, -1, "A manual partition assignment was specified, but numPartitions was not set to -1.")]
    public void An_assignment_excludes_counts(int partitions, short factor, string message)
    {
        var topic = _controller.Assigned("t", (0, [1])) with { PartitionCount = partitions, ReplicationFactor = factor };
        var error = _controller.Create(topic).Error;
        Assert.Equal((ErrorCode.InvalidRequest, message), (error.Code, error.Message));
    }

    [Fact]
    public void One_bad_topic_does_not_keep_the_others_from_being_made()
    {
        var reply = _controller.Do(new CreateTopics([_controller.Topic("a"), _controller.Topic("b", 0), _controller.Topic("c")], false, 0));
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidPartitions, ErrorCode.None], reply.Topics.Select(topic => topic.Error.Code));
        Assert.Equal(["a", "c"], _controller.Image.Topics.Keys.Order());
    }
}
