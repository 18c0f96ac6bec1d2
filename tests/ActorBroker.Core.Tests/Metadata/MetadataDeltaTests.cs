using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Metadata;

public class MetadataDeltaTests
{
    private static readonly Uuid A = new(0, 10);
    private static readonly Uuid B = new(0, 11);

    private static PartitionImage Led(int leader, int epoch = 0) => new([leader], [leader], leader, epoch, epoch, [Uuid.Zero]);

    private static readonly MetadataImage Start = MetadataImage.Empty.Apply(new MetadataBatch(1,
    [
        new TopicCreated("a", A), new PartitionsAdded(A, [Led(1), Led(2), Led(1)]), new TopicCreated("b", B),
            new PartitionsAdded(B, [Led(2)]),
        new ConfigChanged(new ConfigResource(ConfigResourceType.Topic, "b"), "retention.ms", "1"),
    ]));

    [Fact]
    public void An_image_is_never_changed_by_what_comes_after_it()
    {
        var next = Start.Apply(new MetadataBatch(1, [new PartitionsChanged(A, [new PartitionChange(0, Led(2, 1))]), new TopicDeleted(B)]));
        Assert.Equal((1, 2), (Start.Topics["a"].Partitions[0].Leader, next.Topics["a"].Partitions[0].Leader));
        Assert.Equal((2, 1), (Start.Topics.Count, next.Topics.Count));
        Assert.Equal(Start.Offset + 1, next.Offset);
        Assert.Same(next.Topics["a"], next.TopicsById[A]);
    }

    [Fact]
    public void A_delta_names_what_was_touched_and_nothing_else()
    {
        var c = new Uuid(0, 12);
        var delta = new MetadataDelta(Start).Apply(
        [
            new PartitionsChanged(A, [new PartitionChange(1, Led(1, 1))]), new TopicCreated("c", c),
                new PartitionsAdded(c, [Led(1), Led(1)]),
            new TopicDeleted(B), new BrokerRegistered(1, 1, null, [], []),
        ]);
        Assert.Equal([c], delta.CreatedTopics);
        Assert.Equal(["b"], delta.DeletedTopics.Select(topic => topic.Name));
        Assert.Equal([1], delta.ChangedPartitions[A]);
        Assert.Equal([0, 1], delta.ChangedPartitions[c]);
        Assert.Equal([new ConfigResource(ConfigResourceType.Topic, "b")], delta.ChangedConfigs);
        Assert.Equal([1], delta.ChangedBrokers);
    }

    [Fact]
    public void A_topic_made_and_deleted_in_one_delta_leaves_no_trace()
    {
        var c = new Uuid(0, 12);
        var delta = new MetadataDelta(Start).Apply([new TopicCreated("c", c), new PartitionsAdded(c, [Led(1)]), new TopicDeleted(c)]);
        Assert.Empty(delta.CreatedTopics);
        Assert.Empty(delta.DeletedTopics);
        Assert.Empty(delta.ChangedPartitions);
        Assert.Equal(["a", "b"], delta.ToImage(9).Topics.Keys.Order());
    }

    [Fact]
    public void Renewed_leadership_raises_the_epochs_of_what_the_broker_leads()
    {
        var delta = new MetadataDelta(Start).Apply(new LeadershipRenewed(1));
        var image = delta.ToImage(9);
        Assert.Equal([1, 0, 1], image.Topics["a"].Partitions.Select(partition => partition.LeaderEpoch));
        Assert.Equal([1, 0, 1], image.Topics["a"].Partitions.Select(partition => partition.PartitionEpoch));
        Assert.Equal(0, image.Topics["b"].Partitions[0].LeaderEpoch);
        Assert.Equal([0, 2], delta.ChangedPartitions[A]);
        Assert.DoesNotContain(B, delta.ChangedPartitions.Keys);
        Assert.Equal(0, Start.Topics["a"].Partitions[0].LeaderEpoch);
    }

    [Fact]
    public void A_record_about_a_topic_that_nobody_made_means_a_broken_log() =>
        Assert.Throws<InvalidOperationException>(() => Start.Apply(new MetadataBatch(1, [new TopicDeleted(new Uuid(9, 9))])));

    [Fact]
    public void A_config_that_was_taken_away_leaves_no_empty_resource()
    {
        var resource = new ConfigResource(ConfigResourceType.Topic, "b");
        Assert.DoesNotContain(
            resource, Start.Apply(new MetadataBatch(1, [new ConfigChanged(resource, "retention.ms", null)])).Configs.Keys);
    }
}
