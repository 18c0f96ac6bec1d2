using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Metadata;

/// <summary>The controller's feed, the position of a follower and the follower itself: whatever is lost, the follower gets there.</summary>
public class MetadataFollowingTests
{
    private readonly MetadataFeed _feed = new(4096);
    private ulong _ids;
    private int _term = 1;

    public MetadataFollowingTests() => Commit(new ClusterCreated("c"), new ControllerElected(1, 1));

    private void Commit(params MetadataRecord[] records)
    {
        foreach (var record in records)
            if (record is ControllerElected elected) _term = elected.ControllerEpoch;
        var batch = new MetadataBatch(_term, records);
        _feed.Append([batch], _feed.Image.Apply(batch));
    }

    private void CommitTopics(int count)
    {
        for (var i = 0; i < count; i++) Commit(new TopicCreated($"t{++_ids}", new Uuid(1, _ids)));
    }

    private static void AreSame(MetadataImage expected, MetadataImage actual) => Assert.Equal(ImageBytes.Of(expected), ImageBytes.Of(actual));

    [Fact]
    public void A_follower_that_is_near_gets_batches_and_one_far_behind_the_image()
    {
        CommitTopics(3);
        Assert.IsType<MetadataBatchesPush>(_feed.Next(1));
        CommitTopics(400);
        Assert.IsType<MetadataSnapshotPush>(_feed.Next(1));
        Assert.IsType<MetadataBatchesPush>(_feed.Next(_feed.Image.Offset - 3));
        Assert.Null(_feed.Next(_feed.Image.Offset));
    }

    [Fact]
    public void A_follower_applies_what_continues_its_image_and_skips_what_it_has()
    {
        CommitTopics(5);
        var following = new MetadataFollowing(MetadataImage.Empty);
        Assert.True(following.Accept(_feed.Next(-1)!));
        AreSame(_feed.Image, following.Image);
        var again = _feed.Next(2)!;
        Assert.False(following.Accept(again));
        CommitTopics(2);
        Assert.True(following.Accept(_feed.Next(2)!));
        AreSame(_feed.Image, following.Image);
    }

    [Fact]
    public void A_gap_changes_nothing()
    {
        CommitTopics(5);
        var following = new MetadataFollowing(MetadataImage.Empty);
        Assert.False(following.Accept(_feed.Next(3)!));
        Assert.Equal(-1, following.Image.Offset);
    }

    [Fact]
    public void A_controller_that_has_been_replaced_is_not_listened_to()
    {
        var following = new MetadataFollowing(MetadataImage.Empty);
        Assert.True(following.Hear(7));
        Assert.False(following.Hear(6));
        Assert.False(following.Accept(_feed.Next(-1)!));
        Assert.Equal(-1, following.Image.Offset);
        Commit(new ControllerElected(2, 8));
        Assert.True(following.Accept(_feed.Next(-1)!));
        Assert.Equal(8, following.Term);
    }

    [Fact]
    public void A_batch_of_a_lower_epoch_than_the_image_is_refused()
    {
        Commit(new ControllerElected(2, 5));
        var following = new MetadataFollowing(MetadataImage.Empty);
        following.Accept(_feed.Next(-1)!);
        var late = ImageBytes.Of(new MetadataBatch(1, [new TopicCreated("late", new Uuid(9, 9))]));
        Assert.Throws<WireFormatException>(() => following.Accept(new MetadataBatchesPush(5, following.Image.Offset + 1, [late])));
        Assert.DoesNotContain("late", following.Image.Topics.Keys);
    }

    [Fact]
    public void A_new_term_goes_on_with_batches_where_the_follower_stands()
    {
        CommitTopics(3);
        var following = new MetadataFollowing(MetadataImage.Empty);
        following.Accept(_feed.Next(-1)!);
        _feed.Begin(_feed.Image);
        Commit(new ControllerElected(2, 2));
        var push = Assert.IsType<MetadataBatchesPush>(_feed.Next(following.Image.Offset));
        Assert.True(following.Accept(push));
        AreSame(_feed.Image, following.Image);
    }

    [Fact]
    public void Sending_runs_ahead_by_a_window_and_goes_on_with_each_report()
    {
        var cursor = new FollowerCursor(2);
        Assert.Null(cursor.Next(_feed));
        cursor.Report(0, true);
        for (var i = 0; i < 2; i++)
        {
            CommitTopics(1);
            Assert.NotNull(cursor.Next(_feed));
        }
        CommitTopics(1);
        Assert.Null(cursor.Next(_feed));
        cursor.Report(1, false);
        Assert.Equal(3, cursor.Next(_feed)!.LastOffset);
        Assert.Null(cursor.Next(_feed));
    }

    [Fact]
    public void What_was_lost_on_the_way_is_sent_again()
    {
        CommitTopics(1);
        var cursor = new FollowerCursor(4);
        cursor.Report(0, true);
        Assert.NotNull(cursor.Next(_feed));
        cursor.Report(0, true);
        var again = cursor.Next(_feed);
        Assert.Equal(1, again!.LastOffset);
        Assert.Null(cursor.Next(_feed));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_follower_arrives_however_much_is_lost(int seed)
    {
        var random = new Random(seed);
        var cursor = new FollowerCursor(3);
        var following = new MetadataFollowing(MetadataImage.Empty);
        var wire = new Queue<MetadataPush>();
        void Exchange(double loss)
        {
            while (cursor.Next(_feed) is { } push)
                if (random.NextDouble() >= loss) wire.Enqueue(push);
            while (wire.TryDequeue(out var push))
            {
                following.Accept(push);
                if (random.NextDouble() >= loss) cursor.Report(following.Image.Offset, false);
            }
        }

        for (var step = 0; step < 300; step++)
        {
            if (random.Next(2) == 0) CommitTopics(random.Next(1, 12));
            if (random.Next(30) == 0)
            {
                _feed.Begin(_feed.Image);
                Commit(new ControllerElected(random.Next(3), _term + 1));
                cursor = new FollowerCursor(3);
            }
            if (random.Next(3) == 0) cursor.Report(following.Image.Offset, true);
            Exchange(0.4);
        }
        for (var step = 0; step < 100 && following.Image.Offset < _feed.Image.Offset; step++)
        {
            cursor.Report(following.Image.Offset, true);
            Exchange(0);
        }
        AreSame(_feed.Image, following.Image);
    }
}
