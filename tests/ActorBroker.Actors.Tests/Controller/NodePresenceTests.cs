using ActorBroker.Actors.Controller;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Controller;

[Collection("moody journal")]
public sealed class NodePresenceTests : ClusterControllerSpec
{
    private async Task<(Node Node, NodeRegistration Registration)> RegisterAsync(Action replaced)
    {
        StartGate();
        var node = StartNode(1);
        var registration = new NodeRegistration(node.Controller, 1, 50) { Lanes = new LaneAddresses("n1", 4051, 4052) };
        Assert.True((await registration.RegisterAsync(null, [], [new Uuid(1, 1)], true, CancellationToken.None)).IsNone);
        var presence = Sys.ActorOf(NodePresenceActor.PropsFor(registration, replaced));
        node.Publisher.Follow(image => presence.Tell(new PresenceImage(image), ActorRefs.NoSender));
        return (node, registration);
    }

    [Fact]
    public async Task A_node_that_serves_and_is_taken_for_dead_comes_back()
    {
        var (node, registration) = await RegisterAsync(() => { });
        Assert.True((await registration.OpenAsync(CancellationToken.None)).IsNone);
        await AskAsync(node, new FenceBroker(1, 50, true));
        await SeesAsync(node, image => image.Brokers.TryGetValue(1, out var broker) && !broker.IsFenced);
        Assert.Equal(new LaneAddresses("n1", 4051, 4052), node.Publisher.Current.Brokers[1].Lanes);
    }

    [Fact]
    public async Task A_node_that_closes_stays_fenced()
    {
        var (node, registration) = await RegisterAsync(() => { });
        await registration.OpenAsync(CancellationToken.None);
        Assert.Equal(0, (await registration.DrainAsync(CancellationToken.None)).Reply!.StillLed);
        Assert.True((await registration.CloseAsync(CancellationToken.None)).IsNone);
        await AskAsync(node, new AllocateProducerIds(1, 1));
        Assert.True(node.Publisher.Current.Brokers[1].IsFenced);
        Assert.Equal(PresenceGap.None, registration.Compare(node.Publisher.Current));
    }

    [Fact]
    public async Task A_node_whose_registration_is_missing_registers_again()
    {
        var (node, registration) = await RegisterAsync(() => { });
        await registration.OpenAsync(CancellationToken.None);
        await AskAsync(node, new UnregisterBroker(1));
        await SeesAsync(node, image => image.Brokers.TryGetValue(1, out var broker) && !broker.IsFenced);
    }

    [Fact]
    public async Task A_node_that_was_replaced_is_told_once()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var times = 0;
        var (node, registration) = await RegisterAsync(() =>
        {
            Interlocked.Increment(ref times);
            told.TrySetResult();
        });
        await registration.OpenAsync(CancellationToken.None);
        await AskAsync(node, new RegisterBroker(1, 60, null, [], [new Uuid(1, 1)], true));
        await told.Task.WaitAsync(Limit);
        await AskAsync(node, new AllocateProducerIds(1, 1));
        Assert.Equal(1, Volatile.Read(ref times));
    }
}
