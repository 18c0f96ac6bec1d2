using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Controller.ControllerFixture;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>Deleting topics, adding partitions, adopting topics, producer ids.</summary>
public class TopicChangesTests
{
    private readonly ControllerFixture _controller = new();

    private KafkaError Grow(
        string topic, int count, ImmutableArray<ImmutableArray<int>> assignments = default, bool validateOnly = false) =>
        _controller.Do(new CreatePartitions([new TopicToGrow(topic, count, assignments)], validateOnly, 0)).Topics[0].Error;

    [Fact]
    public void A_topic_is_deleted_by_name_with_its_configs()
    {
        var created = _controller.Create(_controller.Topic("t", 1, 1, ("retention.ms", "1")));
        var reply = _controller.Do(new DeleteTopics([new TopicReference("t", Uuid.Zero)]));
        Assert.Equal(new DeletedTopic("t", created.TopicId, KafkaError.None), reply.Topics[0]);
        Assert.Empty(_controller.Image.Topics);
        Assert.Empty(_controller.Image.TopicsById);
        Assert.DoesNotContain(new ConfigResource(ConfigResourceType.Topic, "t"), _controller.Image.Configs.Keys);
    }

    [Fact]
    public void A_topic_is_deleted_by_id()
    {
        var created = _controller.Create(_controller.Topic("t"));
        Assert.Equal("t", _controller.Do(new DeleteTopics([new TopicReference(null, created.TopicId)])).Topics[0].Name);
        Assert.Empty(_controller.Image.Topics);
    }

    [Fact]
    public void What_does_not_exist_cannot_be_deleted()
    {
        var reply = _controller.Do(new DeleteTopics([new TopicReference("t", Uuid.Zero), new TopicReference(null, new Uuid(1, 2))]));
        Assert.Equal([ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicId], reply.Topics.Select(topic => topic.Error.Code));
    }

    [Fact]
    public void A_topic_made_again_has_another_id()
    {
        var first = _controller.Create(_controller.Topic("t")).TopicId;
        _controller.Do(new DeleteTopics([new TopicReference("t", Uuid.Zero)]));
        Assert.NotEqual(first, _controller.Create(_controller.Topic("t")).TopicId);
    }

    [Fact]
    public void Partitions_are_added_behind_the_present_ones()
    {
        _controller.Create(_controller.Topic("t", 2));
        Assert.True(Grow("t", 5, validateOnly: true).IsNone);
        Assert.Equal(2, _controller.Image.Topics["t"].Partitions.Length);
        Assert.True(Grow("t", 5).IsNone);
        Assert.Equal(5, _controller.Image.Topics["t"].Partitions.Length);
        Assert.Equal(5, _controller.Image.TopicsById[_controller.Image.Topics["t"].Id].Partitions.Length);
    }

    [Theory]
    [InlineData(2, "Topic already has 2 partition(s).")]
    [InlineData(1, "The topic t currently has 2 partition(s); 1 would not be an increase.")]
    [InlineData(-1, "The topic t currently has 2 partition(s); -1 would not be an increase.")]
    public void A_topic_only_grows(int count, string message)
    {
        _controller.Create(_controller.Topic("t", 2));
        var error = Grow("t", count);
        Assert.Equal((ErrorCode.InvalidPartitions, message), (error.Code, error.Message));
    }

    [Fact]
    public void Assignments_of_new_partitions_are_checked()
    {
        _controller.Create(_controller.Topic("t"));
        Assert.Equal("Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.", Grow("t", 3, [[1]]).Message);
        Assert.Equal("The manual partition assignment includes broker 7, but no such broker is registered.", Grow("t", 2, [[7]]).Message);
        Assert.Equal("The manual partition assignment includes an empty replica list.", Grow("t", 2, [[]]).Message);
        Assert.Equal("The manual partition assignment includes the broker 1 more than once.", Grow("t", 2, [[1, 1]]).Message);
        Assert.True(Grow("t", 2, [[1]]).IsNone);
        Assert.Equal(new KafkaError(ErrorCode.UnknownTopicOrPartition), Grow("u", 2));
        Assert.Equal(ErrorCode.PolicyViolation, Grow("t", 20_000).Code);
    }

    [Fact]
    public void A_topic_may_be_grown_once_a_request()
    {
        _controller.Create(_controller.Topic("t"));
        var reply = _controller.Do(new CreatePartitions([new TopicToGrow("t", 2, default), new TopicToGrow("t", 3, default)], false, 0));
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidRequest], reply.Topics.Select(topic => topic.Error.Code));
    }

    [Fact]
    public void Producer_ids_come_in_blocks_that_do_not_overlap()
    {
        Assert.Equal(0, _controller.Do(new AllocateProducerIds(1, 1000)).FirstProducerId);
        Assert.Equal(1000, _controller.Do(new AllocateProducerIds(2, 1000)).FirstProducerId);
        Assert.Equal(2000, _controller.Image.NextProducerId);
    }

    /// <summary>The broker of a data directory that another Kafka has written: registered, and not open yet.</summary>
    private static ControllerFixture Fresh()
    {
        var controller = new ControllerFixture(brokers: 0);
        controller.Do(Registration(1, IncarnationOf(1)));
        return controller;
    }

    [Fact]
    public void A_directory_of_a_deleted_topic_does_not_bring_it_back()
    {
        var created = _controller.Create(_controller.Topic("t"));
        _controller.Do(new DeleteTopics([new TopicReference("t", Uuid.Zero)]));
        _controller.Do(Registration(1, 7700));
        var reply = _controller.Do(new AdoptTopics(1, [new TopicToAdopt("t", created.TopicId, [new(0, Uuid.Zero, 0)])]));
        Assert.Equal(ErrorCode.UnknownTopicId, reply.Topics[0].Error.Code);
        Assert.Empty(_controller.Image.Topics);
    }

    [Fact]
    public void A_found_topic_is_adopted_under_its_id_and_above_its_epochs()
    {
        var controller = Fresh();
        var id = new Uuid(5, 5);
        var reply = controller.Do(new AdoptTopics(1, [new TopicToAdopt("t", id, [new(0, DirectoryOf(1), 4), new(2, DirectoryOf(1), 7)])]));
        Assert.True(reply.Topics[0] is { IsNew: true, Error.IsNone: true });
        Assert.Contains("1 of its 3 partitions have no directory", reply.Topics[0].Warning);
        Assert.Contains("its configs are not known", reply.Topics[0].Warning);
        Assert.Equal(
            ["leader 1 isr [1] epoch 5/0", "leader 1 isr [1] epoch 0/0", "leader 1 isr [1] epoch 8/0"],
            controller.Image.TopicsById[id].Partitions.Select(Describe));
        Assert.Equal([DirectoryOf(1)], controller.Partition("t", 2).Directories.ToArray());
    }

    [Fact]
    public void Producer_ids_begin_beyond_those_that_adopted_logs_may_know()
    {
        var controller = Fresh();
        controller.Do(new AllocateProducerIds(1, 1000));
        controller.Do(new AdoptTopics(1, [new TopicToAdopt("t", new Uuid(5, 5), [new(0, Uuid.Zero, 4)])]) { FirstFreeProducerId = 50_000 });
        Assert.Equal(50_000, controller.Do(new AllocateProducerIds(1, 1000)).FirstProducerId);
        controller.Do(new AdoptTopics(1, [new TopicToAdopt("t", new Uuid(5, 5), [new(0, Uuid.Zero, 4)])]) { FirstFreeProducerId = 90_000 });
        Assert.Equal(51_000, controller.Do(new AllocateProducerIds(1, 1000)).FirstProducerId);
    }

    [Fact]
    public void An_adopted_topic_is_not_adopted_twice_and_not_under_another_id()
    {
        var controller = Fresh();
        controller.Do(new AdoptTopics(1, [new TopicToAdopt("t", new Uuid(5, 5), [new(0, Uuid.Zero, 4)])]));
        var again = controller.Do(new AdoptTopics(1, [new TopicToAdopt("t", new Uuid(5, 5), [new(0, Uuid.Zero, 9)])])).Topics[0];
        Assert.True(again is { IsNew: false, Error.IsNone: true });
        var other = controller.Do(new AdoptTopics(1, [new TopicToAdopt("t", new Uuid(6, 6), [new(0, Uuid.Zero, 9)])])).Topics[0];
        Assert.Equal(ErrorCode.InconsistentTopicId, other.Error.Code);
        Assert.Equal(5, controller.Partition("t").LeaderEpoch);
    }

    [Fact]
    public void Of_two_ids_under_one_name_the_first_is_taken_over_and_the_other_refused()
    {
        var controller = Fresh();
        var replies = controller.Do(new AdoptTopics(1,
            [new TopicToAdopt("t", new Uuid(5, 5), [new(0, Uuid.Zero, 4)]), new TopicToAdopt("t", new Uuid(6, 6), [new(1, Uuid.Zero, 4)])])).Topics;
        Assert.Equal([ErrorCode.None, ErrorCode.InconsistentTopicId], replies.Select(reply => reply.Error.Code));
        Assert.Equal(new Uuid(5, 5), controller.Image.Topics["t"].Id);
    }

    [Fact]
    public void The_offsets_topic_is_adopted_with_the_configs_that_it_needs()
    {
        var controller = Fresh();
        var reply = controller.Do(new AdoptTopics(
            1, [new TopicToAdopt(InternalTopics.ConsumerOffsets, new Uuid(8, 8), [new(0, Uuid.Zero, 0)])]));
        Assert.Null(reply.Topics[0].Warning);
        var configs = controller.Image.Configs[new ConfigResource(ConfigResourceType.Topic, InternalTopics.ConsumerOffsets)];
        Assert.Equal(("compact", "104857600"), (configs["cleanup.policy"], configs["segment.bytes"]));
    }
}
