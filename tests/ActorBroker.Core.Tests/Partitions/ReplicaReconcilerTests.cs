using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Partitions;

public sealed class ReplicaReconcilerTests
{
    private const int Me = 1;
    private const long MyLife = 50;
    private readonly ReplicaReconciler _reconciler = new(Me, MyLife);

    [Fact]
    public void A_new_topic_led_here_is_to_be_led()
    {
        var effects = _reconciler.Reconcile(Image(Topic("a", 1, Partition(Me, 4, Me, 2), Partition(2, 4, 2, Me), Partition(2, 4, 2, 3))));
        Assert.Collection(
            effects,
            first => Assert.Equal((0, 4, Me), (Assert.IsType<LeadReplica>(first).Id.Partition, ((LeadReplica)first).Grant.LeaderEpoch, ((LeadReplica)first).Grant.Node)),
            second => Assert.Equal((1, 2), (Assert.IsType<FollowReplica>(second).Id.Partition, ((FollowReplica)second).Image.Leader)));
    }

    [Fact]
    public void The_same_image_again_asks_for_nothing()
    {
        var image = Image(Topic("a", 1, Partition(Me, 4, Me)));
        _reconciler.Reconcile(image);
        Assert.Empty(_reconciler.Reconcile(image));
        Assert.Empty(_reconciler.Reconcile(image with { Offset = 9 }));
    }

    [Fact]
    public void A_new_epoch_is_a_new_leadership_another_isr_is_not()
    {
        var topic = Topic("a", 1, Partition(Me, 4, Me, 2));
        _reconciler.Reconcile(Image(topic));
        var shrunk = topic with { Partitions = [topic.Partitions[0] with { Isr = [Me], PartitionEpoch = 7 }] };
        Assert.Equal<IEnumerable<int>>([Me], Assert.IsType<UpdateReplicaIsr>(Assert.Single(_reconciler.Reconcile(Image(shrunk)))).Grant.Isr);
        var elected = shrunk with { Partitions = [shrunk.Partitions[0] with { LeaderEpoch = 5 }] };
        Assert.Equal(5, Assert.IsType<LeadReplica>(Assert.Single(_reconciler.Reconcile(Image(elected)))).Grant.LeaderEpoch);
    }

    [Fact]
    public void A_followed_replica_is_told_of_another_leader_or_epoch_and_of_nothing_else()
    {
        var topic = Topic("a", 1, Partition(2, 4, 2, Me, 3));
        _reconciler.Reconcile(Image(topic));
        TopicImage With(PartitionImage partition) => topic with { Partitions = [partition] };
        var now = topic.Partitions[0] with { Isr = [2], PartitionEpoch = 5 };
        Assert.Empty(_reconciler.Reconcile(Image(With(now))));
        Assert.IsType<RestReplica>(Assert.Single(_reconciler.Reconcile(Image(With(now with { Leader = -1, LeaderEpoch = 5 })))));
        Assert.Equal(6, Assert.IsType<FollowReplica>(Assert.Single(_reconciler.Reconcile(Image(With(now with { LeaderEpoch = 6 }))))).Image.LeaderEpoch);
        Assert.IsType<LeadReplica>(Assert.Single(_reconciler.Reconcile(Image(With(now with { Leader = Me, LeaderEpoch = 7 })))));
    }

    [Fact]
    public void A_deleted_topic_takes_its_replicas_with_it_and_one_of_the_same_name_is_another()
    {
        _reconciler.Reconcile(Image(Topic("a", 1, Partition(Me, 4, Me))));
        var effects = _reconciler.Reconcile(Image(Topic("a", 2, Partition(Me, 0, Me))));
        Assert.Equal(new Uuid(0, 1), Assert.IsType<DeleteReplica>(effects[0]).Id.TopicId);
        Assert.Equal(new Uuid(0, 2), Assert.IsType<LeadReplica>(effects[1]).Id.TopicId);
    }

    [Fact]
    public void A_replica_that_moved_away_is_deleted_here()
    {
        _reconciler.Reconcile(Image(Topic("a", 1, Partition(2, 4, 2, Me))));
        Assert.IsType<DeleteReplica>(Assert.Single(_reconciler.Reconcile(Image(Topic("a", 1, Partition(2, 5, 2, 3))))));
    }

    [Fact]
    public void A_leadership_that_was_given_to_an_earlier_process_is_not_taken_up()
    {
        var topic = Topic("a", 1, Partition(Me, 4, Me, 2), Partition(2, 4, 2, Me));
        Assert.Empty(_reconciler.Reconcile(ImageOf(MyLife - 1, topic)));
        Assert.Empty(_reconciler.Reconcile(ImageOf(null, topic)));
        var effects = _reconciler.Reconcile(ImageOf(MyLife, topic));
        Assert.Equal([typeof(LeadReplica), typeof(FollowReplica)], effects.Select(effect => effect.GetType()));
    }

    [Theory]
    [InlineData(MyLife + 1)]
    [InlineData(null)]
    public void A_process_that_the_metadata_know_no_more_leads_nothing(long? life)
    {
        var topic = Topic("a", 1, Partition(Me, 4, Me, 2), Partition(2, 4, 2, Me));
        _reconciler.Reconcile(ImageOf(MyLife, topic));
        Assert.Equal(0, Assert.IsType<RestReplica>(Assert.Single(_reconciler.Reconcile(ImageOf(life, topic)))).Id.Partition);

        // What is given to the other process is not this one's either.
        var elected = topic with { Partitions = [topic.Partitions[0] with { LeaderEpoch = 5 }, topic.Partitions[1]] };
        Assert.IsType<RestReplica>(Assert.Single(_reconciler.Reconcile(ImageOf(life, elected))));
        Assert.Empty(_reconciler.Reconcile(ImageOf(life, elected)));

        // Registered again under the same epoch, it is a leadership that has to begin.
        Assert.Equal(5, Assert.IsType<LeadReplica>(Assert.Single(_reconciler.Reconcile(ImageOf(MyLife, elected)))).Grant.LeaderEpoch);
    }

    private static MetadataImage Image(params TopicImage[] topics) => ImageOf(MyLife, topics);

    private static MetadataImage ImageOf(long? life, params TopicImage[] topics) => MetadataImage.Empty with
    {
        Brokers = life is { } incarnation
            ? MetadataImage.Empty.Brokers.Add(Me, new BrokerImage(Me, incarnation, null, false, []))
            : MetadataImage.Empty.Brokers,
        Topics = topics.ToImmutableDictionary(topic => topic.Name, StringComparer.Ordinal),
        TopicsById = topics.ToImmutableDictionary(topic => topic.Id),
    };

    private static TopicImage Topic(string name, ulong id, params PartitionImage[] partitions) => new(name, new Uuid(0, id), [.. partitions]);

    private static PartitionImage Partition(int leader, int epoch, params int[] replicas) => new([.. replicas], [.. replicas], leader, epoch, epoch, []);
}
