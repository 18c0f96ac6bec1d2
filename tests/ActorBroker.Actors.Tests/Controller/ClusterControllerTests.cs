using ActorBroker.Actors.Controller;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Controller;

[Collection("moody journal")]
public sealed class ClusterControllerTests : ClusterControllerSpec
{
    [Fact]
    public async Task An_answer_means_that_the_node_that_asked_sees_it()
    {
        StartGate();
        var node = StartNode(2);
        await JoinAsync(node, 2);
        var reply = await AskAsync(node, Create("t"));
        Assert.True(reply.Topics[0].Error.IsNone);
        Assert.Equal(2, node.Publisher.Current.Topics["t"].Partitions[0].Leader);
        Assert.Equal(("cluster", 1, 1), (
            node.Publisher.Current.ClusterId, node.Publisher.Current.ControllerId, node.Publisher.Current.ControllerEpoch));
    }

    [Fact]
    public async Task Every_node_gets_every_image_in_order_and_ends_with_the_same()
    {
        StartGate();
        var nodes = Enumerable.Range(1, 3).Select(id => StartNode(id)).ToArray();
        var offsets = new List<long>();
        nodes[2].Publisher.Follow(image => offsets.Add(image.Offset));
        await JoinAsync(nodes[0], 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => AskAsync(nodes[i % 3], Create($"t{i}"))));
        Assert.All(answers, answer => Assert.True(answer.Topics[0].Error.IsNone));
        var last = nodes.Max(node => node.Publisher.Current.Offset);
        foreach (var node in nodes) await SeesAsync(node, image => image.Offset == last);
        Assert.All(nodes, node => Assert.Equal(200, node.Publisher.Current.Topics.Count));
        Assert.Equal(offsets.Order(), offsets);
    }

    [Fact]
    public async Task A_node_that_comes_late_gets_everything()
    {
        StartGate();
        var first = StartNode(1);
        await JoinAsync(first, 1);
        for (var i = 0; i < 30; i++) await AskAsync(first, Create($"t{i}"));
        var late = StartNode(2);
        await SeesAsync(late, image => image.Topics.Count == 30);
    }

    [Fact]
    public async Task Without_a_controller_a_command_is_refused_and_certainly_not_carried_out()
    {
        var node = StartNode(1);
        var answer = await node.Controller.SubmitAsync(Create("t"), TimeSpan.FromMilliseconds(300), CancellationToken.None);
        Assert.Equal(ErrorCode.NotController, answer.Error.Code);
        StartGate();
        await JoinAsync(node, 1);
        Assert.DoesNotContain("t", node.Publisher.Current.Topics.Keys);
    }

    [Fact]
    public async Task A_command_waits_for_a_controller_within_its_limit()
    {
        var node = StartNode(1);
        var asked = node.Controller.SubmitAsync(new AllocateProducerIds(1, 10), Limit, CancellationToken.None).AsTask();
        StartGate();
        Assert.Equal(10, (await asked).Reply!.Count);
    }

    [Fact]
    public async Task After_the_controller_has_moved_commands_go_on_under_the_next_term()
    {
        var first = StartGate();
        var node = StartNode(1);
        await JoinAsync(node, 1);
        await AskAsync(node, Create("before"));
        await StopGateAsync(first);
        StartGate(2);
        await AskAsync(node, new AllocateProducerIds(1, 1));
        await AskAsync(node, Create("after"));
        Assert.Equal((2, 2), (node.Publisher.Current.ControllerEpoch, node.Publisher.Current.ControllerId));
        Assert.Equal(["after", "before"], node.Publisher.Current.Topics.Keys.Order());
    }

    [Fact]
    public async Task A_command_that_was_lost_with_its_controller_is_sent_again_only_if_that_does_no_harm()
    {
        var silent = CreateTestProbe("silent");
        var node = StartNode(1);
        node.Follower.Tell(new ControllerAnnounced(1), silent);
        var repeatable = node.Controller.SubmitAsync(new AllocateProducerIds(1, 10), Limit, CancellationToken.None).AsTask();
        var single = node.Controller.SubmitAsync(Create("once"), Limit, CancellationToken.None).AsTask();
        await silent.FishForMessageAsync(message => message is ControllerRequest { Command: CreateTopics }, Limit);
        Sys.Stop(silent);
        var unknown = await single;
        Assert.Equal(ErrorCode.RequestTimedOut, unknown.Error.Code);
        Assert.Contains("unknown whether", unknown.Error.Message);
        StartGate();
        Assert.Equal(10, (await repeatable).Reply!.Count);
        Assert.DoesNotContain("once", node.Publisher.Current.Topics.Keys);
    }

    [Fact]
    public async Task A_journal_that_fails_leaves_the_outcome_unknown_and_the_next_term_decides()
    {
        StartGate();
        var node = StartNode(1);
        await JoinAsync(node, 1);
        MoodyJournal.Moods.Enqueue(Mood.FailAfter);
        var answer = await node.Controller.SubmitAsync(Create("t"), Limit, CancellationToken.None);
        Assert.Equal(ErrorCode.RequestTimedOut, answer.Error.Code);
        await AskAsync(node, Create("u"));
        Assert.Equal(2, node.Publisher.Current.ControllerEpoch);
        Assert.Equal(["t", "u"], node.Publisher.Current.Topics.Keys.Order());
    }

    [Fact]
    public async Task A_controller_of_an_earlier_term_is_not_listened_to()
    {
        StartGate();
        var node = StartNode(1);
        await JoinAsync(node, 1);
        var stale = CreateTestProbe("stale");
        node.Follower.Tell(new ControllerAnnounced(0), stale);
        var late = new MetadataBatchesPush(0, node.Publisher.Current.Offset + 1, []);
        node.Follower.Tell(late, stale);
        await AskAsync(node, Create("t"));
        Assert.Contains("t", node.Publisher.Current.Topics.Keys);
    }

    [Fact]
    public async Task A_broker_whose_member_is_gone_is_fenced_and_may_come_back_only_as_a_member()
    {
        var gate = StartGate();
        var node = StartNode(1);
        var (one, two) = (new LaneAddresses("n1", 4051, 4052), new LaneAddresses("n2", 4051, 4052));
        await JoinAsync(node, 1, one);
        await JoinAsync(node, 2, two);
        gate.Tell(new LiveMembersChanged(new HashSet<MemberAddress> { new("n1", 4051) }), ActorRefs.NoSender);
        await SeesAsync(node, image => image.Brokers[2].IsFenced);
        Assert.False(node.Publisher.Current.Brokers[1].IsFenced);

        var refused = await node.Controller.SubmitAsync(new FenceBroker(2, 1002, false), Limit, CancellationToken.None);
        Assert.Equal(ErrorCode.BrokerNotAvailable, refused.Error.Code);
        gate.Tell(new LiveMembersChanged(new HashSet<MemberAddress> { new("n1", 4051), new("n2", 4051) }), ActorRefs.NoSender);
        Assert.True((await AskAsync(node, new FenceBroker(2, 1002, false))).Error.IsNone);
        Assert.False(node.Publisher.Current.Brokers[2].IsFenced);
    }

    [Fact]
    public async Task The_number_of_waiting_commands_is_bounded()
    {
        var node = StartNode(1, maxWaiting: 2);
        using var cancel = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 2).Select(_ => node.Controller.SubmitAsync(Create("t"), Limit, cancel.Token).AsTask()).ToArray();
        var third = await node.Controller.SubmitAsync(Create("t"), Limit, CancellationToken.None);
        Assert.Equal(ErrorCode.RequestTimedOut, third.Error.Code);
        Assert.Contains("not carried out", third.Error.Message);
        await cancel.CancelAsync();
        foreach (var task in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
    }
}
