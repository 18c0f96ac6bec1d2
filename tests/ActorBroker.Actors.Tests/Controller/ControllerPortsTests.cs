using ActorBroker.Actors.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Controller;

public sealed class ControllerPortsTests : ControllerSpec
{
    [Fact]
    public async Task Producer_ids_are_never_given_twice_not_even_after_a_restart()
    {
        var node = Start();
        using var first = new ProducerIdAllocator(node.Controller, 1);
        using var second = new ProducerIdAllocator(node.Controller, 2);
        var tasks = Enumerable.Range(0, 2500).Select(i => (i % 2 == 0 ? first : second).NextAsync(CancellationToken.None).AsTask())
            .ToList();
        var ids = (await Task.WhenAll(tasks)).Select(result => result.ProducerId).ToHashSet();
        Assert.Equal(2500, ids.Count);
        await StopAsync(node);

        using var third = new ProducerIdAllocator(Start().Controller, 1);
        Assert.DoesNotContain((await third.NextAsync(CancellationToken.None)).ProducerId, ids);
    }

    [Fact]
    public async Task An_internal_topic_is_made_once_with_what_the_cluster_can_carry()
    {
        var node = Start();
        await OpenBrokerAsync(node);
        var creator = new InternalTopicCreator(node.Controller, node.Publisher, _ => 3, () => Sys.Log);
        var configs = new Dictionary<string, string> { ["cleanup.policy"] = "compact" };
        await creator.EnsureAsync(InternalTopics.ConsumerOffsets, 5, configs, CancellationToken.None);
        var topic = node.Publisher.Current.Topics[InternalTopics.ConsumerOffsets];
        Assert.Equal((5, 1), (topic.Partitions.Length, topic.Partitions[0].Replicas.Length));
        await creator.EnsureAsync(InternalTopics.ConsumerOffsets, 5, configs, CancellationToken.None);
        Assert.Same(topic, node.Publisher.Current.Topics[InternalTopics.ConsumerOffsets]);
    }

    [Fact]
    public async Task Waiting_for_an_image_ends_when_it_is_published_or_the_time_is_up()
    {
        var publisher = new MetadataPublisher();
        var waiting = publisher.WaitForAsync(0, Limit, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        publisher.Publish(MetadataImage.Empty.Apply(new MetadataBatch(1, [new ClusterCreated("c")])));
        Assert.True(await waiting);
        Assert.True(await publisher.WaitForAsync(0, TimeSpan.Zero, CancellationToken.None));
        Assert.False(await publisher.WaitForAsync(1, TimeSpan.FromMilliseconds(1), CancellationToken.None));
    }

    [Fact]
    public void An_older_image_never_replaces_a_newer_one()
    {
        var publisher = new MetadataPublisher();
        var first = MetadataImage.Empty.Apply(new MetadataBatch(1, [new ClusterCreated("c")]));
        var second = first.Apply(new MetadataBatch(1, [new ControllerElected(1, 1)]));
        publisher.Publish(second);
        publisher.Publish(first);
        Assert.Same(second, publisher.Current);
    }

    [Fact]
    public void What_is_persisted_has_explicit_versioned_bytes()
    {
        var serializer = new MetadataSerializer((ExtendedActorSystem)Sys);
        var batch = new MetadataBatch(7, [new TopicCreated("t", new Uuid(1, 2)), new ProducerIdsAllocated(1, 5)]);
        var read = Assert.IsType<MetadataBatch>(serializer.FromBinary(serializer.ToBinary(batch), serializer.Manifest(batch)));
        Assert.Equal(batch.ControllerEpoch, read.ControllerEpoch);
        Assert.Equal(batch.Records, read.Records);
        var snapshot = new MetadataSnapshot(MetadataImage.Empty.Apply(batch));
        var back = Assert.IsType<MetadataSnapshot>(serializer.FromBinary(serializer.ToBinary(snapshot), serializer.Manifest(snapshot)));
        Assert.Equal(5, back.Image.NextProducerId);
        Assert.Throws<ArgumentException>(() => serializer.Manifest("a string"));
        Assert.Throws<ArgumentException>(() => serializer.FromBinary([], "metadata-batch-9"));
        Assert.Same(Sys.Serialization.FindSerializerFor(batch, null).GetType(), typeof(MetadataSerializer));
    }
}
