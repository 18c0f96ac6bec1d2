using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.TestActors;

namespace ActorBroker.Akka.Tests.TestKit;

public class ProbeTests : global::Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void A_probe_answers_forwards_and_sends()
    {
        var (server, client, third) = (CreateTestProbe("server"), CreateTestProbe("client"), CreateTestProbe());
        client.Send(server.Ref, "question");
        server.ExpectMsg("question");
        Assert.Equal(client.Ref, server.Sender);
        server.Reply("answer");
        client.ExpectMsg("answer");
        server.Forward(third.Ref);
        third.ExpectMsg("question");
        Assert.Equal(client.Ref, third.LastSender);
        Assert.Equal("server", server.Ref.Path.Name);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_probe_is_a_reference()
    {
        var probe = CreateTestProbe();
        var forwarder = Sys.ActorOf(ForwardActor.Props(probe));
        forwarder.Tell("a", probe);
        probe.ExpectMsg("a");
        Assert.Equal(probe.Ref, probe.LastSender);
        Assert.True(probe.Equals(probe.Ref));
        Watch(probe);
        Sys.Stop(probe);
        ExpectTerminated(probe);
    }

    [Fact]
    public void An_auto_pilot_reacts_before_the_test_looks()
    {
        var probe = CreateTestProbe();
        var seen = 0;
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            seen++;
            sender.Tell($"re: {message}");
            return seen < 2 ? AutoPilot.KeepRunning : AutoPilot.NoAutoPilot;
        }));
        foreach (var message in (string[])["a", "b", "c"])
            probe.Ref.Tell(message);
        ExpectMsg("re: a");
        ExpectMsg("re: b");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        probe.ExpectMsg("a");
        probe.ExpectMsg("b");
        probe.ExpectMsg("c");
    }

    [Fact]
    public void A_probe_may_be_the_parent_of_an_actor()
    {
        var probe = CreateTestProbe();
        var child = probe.ChildActorOf(EchoActor.Props(this), "child");
        Assert.Equal(probe.Ref.Path, child.Path.Parent);
        child.Tell("a");
        ExpectMsg("a");
        var quiet = probe.ChildActorOf(BlackHoleActor.Props);
        quiet.Tell("b");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_message_is_there_when_tell_returns()
    {
        var probe = CreateTestProbe();
        for (var i = 0; i < 100; i++)
        {
            probe.Ref.Tell(i);
            Assert.Equal(i, probe.ReceiveOne(TimeSpan.Zero));
        }
    }

    [Fact]
    public async Task A_probe_takes_the_messages_of_many_threads()
    {
        var probe = CreateTestProbe();
        var senders = Enumerable.Range(0, 4).Select(s => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
                probe.Ref.Tell(new Numbered(s, i), ActorRefs.NoSender);
        }));
        await Task.WhenAll(senders);
        var next = new int[4];
        foreach (var message in probe.ReceiveN(4000))
        {
            var (sender, i) = (Numbered)message;
            Assert.Equal(next[sender]++, i);
        }
    }

    private sealed record Numbered(int Sender, int Number) : INoSerializationVerificationNeeded;
}
