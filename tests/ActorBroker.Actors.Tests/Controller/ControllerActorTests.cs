using ActorBroker.Actors.Controller;
using ActorBroker.Core.Controller;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Tests.Controller;

[Collection("moody journal")]
public sealed class ControllerActorTests : ControllerSpec
{
    [Fact]
    public async Task An_answer_means_that_the_image_shows_it()
    {
        var node = Start();
        await OpenBrokerAsync(node);
        var reply = await AskAsync(node, Create("t"));
        Assert.True(reply.Topics[0].Error.IsNone);
        Assert.Equal(1, node.Publisher.Current.Topics["t"].Partitions[0].Leader);
        Assert.Equal(("cluster", 1, 1), (
            node.Publisher.Current.ClusterId, node.Publisher.Current.ControllerId, node.Publisher.Current.ControllerEpoch));
    }

    [Fact]
    public async Task An_error_is_an_answer_too()
    {
        var node = Start();
        var reply = await AskAsync(node, Create("t"));
        Assert.Equal(ErrorCode.InvalidReplicationFactor, reply.Topics[0].Error.Code);
    }

    [Fact]
    public async Task A_new_controller_finds_everything_and_begins_the_next_epoch()
    {
        var first = Start();
        await OpenBrokerAsync(first);
        var id = (await AskAsync(first, Create("t"))).Topics[0].TopicId;
        await StopAsync(first);

        var second = Start();
        await AskAsync(second, new AllocateProducerIds(1, 1));
        Assert.Equal(id, second.Publisher.Current.Topics["t"].Id);
        Assert.Equal((2, "cluster"), (second.Publisher.Current.ControllerEpoch, second.Publisher.Current.ClusterId));
    }

    [Fact]
    public async Task Many_commands_at_once_are_all_answered_and_each_sees_the_ones_before()
    {
        var node = Start();
        await OpenBrokerAsync(node);
        var replies = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => AskAsync(node, Create($"t{i % 100}"))));
        Assert.Equal(100, replies.Count(reply => reply.Topics[0].Error.IsNone));
        Assert.Equal(200, replies.Count(reply => reply.Topics[0].Error.Code == ErrorCode.TopicAlreadyExists));
        Assert.Equal(100, node.Publisher.Current.Topics.Count);
    }

    [Fact]
    public async Task Followers_see_every_image_once_and_in_order()
    {
        var node = Start();
        var offsets = new List<long>();
        node.Publisher.Follow(image => offsets.Add(image.Offset));
        await OpenBrokerAsync(node);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AskAsync(node, Create($"t{i}"))));
        var seen = offsets.ToArray();
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(node.Publisher.Current.Offset, seen[^1]);
    }

    [Fact]
    public async Task A_snapshot_cuts_the_journal_and_carries_everything()
    {
        MoodyJournal.Reset();
        var node = Start(settings => settings with { SnapshotBatches = 10, JournalPluginId = MoodyJournal.Id });
        await OpenBrokerAsync(node);
        for (var i = 0; i < 25; i++) await AskAsync(node, Create($"t{i}"));
        await AwaitAssertAsync(() =>
        {
            lock (MoodyJournal.Stored) Assert.InRange(MoodyJournal.Stored.Count, 0, 12);
        }, Limit);
        await StopAsync(node);

        var next = Start(settings => settings with { SnapshotBatches = 10, JournalPluginId = MoodyJournal.Id });
        await AskAsync(next, new AllocateProducerIds(1, 1));
        Assert.Equal(25, next.Publisher.Current.Topics.Count);
        Assert.True(next.Publisher.Current.Offset > node.Publisher.Current.Offset);
    }

    [Fact]
    public async Task Commands_that_wait_share_one_write()
    {
        MoodyJournal.Reset();
        var queue = new List<Task<CreateTopicsReply>>();
        var node = Start(settings => settings with { JournalPluginId = MoodyJournal.Id });
        await OpenBrokerAsync(node);
        var before = MoodyJournal.Writes;
        for (var i = 0; i < 500; i++) queue.Add(AskAsync(node, Create($"t{i}")));
        await Task.WhenAll(queue);
        Assert.InRange(MoodyJournal.Writes - before, 1, 499);
    }

    [Theory]
    [InlineData(Mood.FailBefore, false)]
    [InlineData(Mood.FailAfter, true)]
    public async Task After_a_failed_write_the_journal_decides_what_happened(Mood mood, bool isThere)
    {
        MoodyJournal.Reset();
        var node = Start(settings => settings with { JournalPluginId = MoodyJournal.Id });
        await OpenBrokerAsync(node);
        MoodyJournal.Moods.Enqueue(mood);
        var answer = await node.Controller.SubmitAsync(Create("t"), Limit, CancellationToken.None);
        Assert.False(answer.IsAnswered);
        Assert.Equal(ErrorCode.RequestTimedOut, answer.Error.Code);
        Assert.DoesNotContain("t", node.Publisher.Current.Topics.Keys);

        await AskAsync(node, new AllocateProducerIds(1, 1));
        Assert.Equal(isThere, node.Publisher.Current.Topics.ContainsKey("t"));
        Assert.Equal(2, node.Publisher.Current.ControllerEpoch);
    }

    [Fact]
    public async Task What_waited_while_the_controller_was_away_is_decided_by_the_next_one()
    {
        MoodyJournal.Reset();
        for (var i = 0; i < 3; i++) MoodyJournal.Moods.Enqueue(Mood.FailBefore);
        var node = Start(settings => settings with { JournalPluginId = MoodyJournal.Id });
        var reply = await AskAsync(node, new AllocateProducerIds(1, 10));
        Assert.Equal(0, reply.FirstProducerId);
        Assert.Equal(1, node.Publisher.Current.ControllerEpoch);
    }

    [Fact]
    public async Task A_full_inbox_refuses_and_an_abandoned_command_is_not_decided()
    {
        var inbox = new ControllerInbox(2);
        var client = new ControllerClient(inbox);
        var forgotten = client.SubmitAsync(Create("forgotten"), TimeSpan.FromMilliseconds(1), CancellationToken.None);
        Assert.Equal(ErrorCode.RequestTimedOut, (await forgotten).Error.Code);
        var waiting = client.SubmitAsync(new AllocateProducerIds(1, 10), Limit, CancellationToken.None);
        var refused = await client.SubmitAsync(new AllocateProducerIds(1, 10), Limit, CancellationToken.None);
        Assert.Equal(ErrorCode.RequestTimedOut, refused.Error.Code);

        var publisher = new MetadataPublisher();
        Sys.ActorOf(ControllerHostActor.PropsFor(
            new ControllerSettings(1, "cluster"), Core.Configuration.BrokerConfig.Empty, inbox, publisher));
        Assert.True((await waiting).IsAnswered);
        Assert.Equal(10, publisher.Current.NextProducerId);
        Assert.Empty(publisher.Current.Topics);
    }

    [Fact]
    public async Task Ten_thousand_partitions_come_back_from_the_journal()
    {
        var node = Start();
        await OpenBrokerAsync(node);
        for (var i = 0; i < 10; i++)
        {
            var topic = new TopicToCreate($"big{i}", Uuid.NewRandom(), 1000, 1, [], []);
            Assert.True((await AskAsync(node, new CreateTopics([topic], false, i))).Topics[0].Error.IsNone);
        }
        await StopAsync(node);

        var next = Start();
        await AskAsync(next, new AllocateProducerIds(1, 1));
        Assert.Equal(10_000, next.Publisher.Current.Topics.Values.Sum(topic => topic.Partitions.Length));
    }
}
