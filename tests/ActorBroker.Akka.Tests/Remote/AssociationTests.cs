using System.Net;
using System.Net.Sockets;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace ActorBroker.Akka.Tests.Remote;

public sealed class AssociationTests : RemoteTest
{
    [Fact]
    public async Task Both_ends_publish_that_they_are_associated()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var (onA, onB) = (Listen<AssociatedEvent>(a), Listen<AssociatedEvent>(b));
        Seen(a, Echo(b), b).Tell("x", ActorRefs.NoSender);
        var outbound = await onA.Expect<AssociatedEvent>();
        Assert.Equal((AddressOf(a), AddressOf(b), false), (outbound.LocalAddress, outbound.RemoteAddress, outbound.IsInbound));
        var inbound = await onB.Expect<AssociatedEvent>();
        Assert.Equal((AddressOf(b), AddressOf(a), true), (inbound.LocalAddress, inbound.RemoteAddress, inbound.IsInbound));
    }

    [Fact]
    public async Task After_a_broken_connection_messages_flow_again_and_none_is_out_of_order()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var received = new List<int>();
        var seen = Seen(a, Start(b, (_, message) =>
        {
            lock (received)
                received.Add((int)message);
        }), b);
        const int Messages = 20_000;
        var last = 0;
        for (var i = 0; i < Messages; i++)
        {
            seen.Tell(i, ActorRefs.NoSender);
            if (i % 4000 != 2000)
                continue;
            await Until(() =>
            {
                seen.Tell(i, ActorRefs.NoSender);
                return Association(a, b).IsConnected;
            });
            Association(a, b).Break();
        }
        // What was under way at a break, or told during the pause after it, is lost; the rest is in order.
        await Until(() =>
        {
            seen.Tell(Messages + last++, ActorRefs.NoSender);
            lock (received)
                return received.Count > 0 && received[^1] >= Messages;
        });
        lock (received)
            Assert.Equal(received.Order(), received);
    }

    [Fact]
    public async Task Messages_to_a_node_that_is_not_there_become_dead_letters_and_flow_once_it_is()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var address = AddressOf(b);
        await b.Terminate().WaitAsync(Patience);
        var letters = Listen<DeadLetter>(a);
        var selection = a.ActorSelection($"{address}/user/echo");
        selection.Tell("lost", ActorRefs.NoSender);
        Assert.Equal("lost", (await letters.Expect<DeadLetter>()).Message);
        Echo(NewSystemAt(address), "echo");
        await Until(() => Answers(selection));
    }

    [Theory]
    [InlineData("system/cluster/core/daemon/downingProvider", true)]
    [InlineData("system/cluster/core/daemon", false)]
    [InlineData("system/cluster/core/publisher/daemon", false)]
    [InlineData("user/daemon", false)]
    public void What_goes_to_actors_of_the_clusters_daemon_overtakes_whatever_else_waits(string path, bool overtakes)
    {
        // It takes the connection and says nothing: everything waits.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = new Address("akka.tcp", "b", "127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port);
        foreach (var bySelection in new[] { true, false })
        {
            var a = NewSystem("a", "akka.remote.flush-wait-on-shutdown = 0s");
            ICanTell actor = bySelection
                ? a.ActorSelection($"{address}/{path}")
                : ((ExtendedActorSystem)a).Provider.ResolveActorRef($"{address}/{path}");
            actor.Tell("x", ActorRefs.NoSender);
            var association = ProviderOf(a).Transport.AssociationWith(address)!;
            Assert.Equal((overtakes, !overtakes), (association.Priority.HasMessages, association.Ordinary.HasMessages));
        }
    }

    [Fact]
    public async Task A_quarantined_incarnation_stays_out_until_another_takes_its_place()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var address = AddressOf(b);
        var uid = ProviderOf(b).Uid;
        var echo = Seen(a, Echo(b, "echo"), b);
        var back = Seen(b, Echo(a, "back"), a);
        Assert.Equal(1, await echo.Ask<int>(1, Patience));
        Assert.Equal(2, await back.Ask<int>(2, Patience));

        var (onA, onB) = (Listen<QuarantinedEvent>(a), Listen<ThisActorSystemQuarantinedEvent>(b));
        ProviderOf(a).Quarantine(address, uid);
        var quarantined = await onA.Expect<QuarantinedEvent>();
        Assert.Equal((address, uid), (quarantined.Address, quarantined.Uid));
        var learned = await onB.Expect<ThisActorSystemQuarantinedEvent>();
        Assert.Equal((AddressOf(b), AddressOf(a)), (learned.LocalAddress, learned.RemoteAddress));

        await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<int>(3, TimeSpan.FromSeconds(1.5)));
        await Assert.ThrowsAsync<AskTimeoutException>(() => back.Ask<int>(4, TimeSpan.FromSeconds(1.5)));

        await b.Terminate().WaitAsync(Patience);
        var again = NewSystemAt(address);
        Echo(again, "echo");
        await Until(() => Answers(a.ActorSelection($"{address}/user/echo")));
        Assert.Equal(5, await Seen(again, await a.ActorSelection("/user/back").ResolveOne(Patience), a).Ask<int>(5, Patience));
    }

    [Fact]
    public async Task A_late_quarantine_of_an_earlier_incarnation_does_not_touch_the_present_one()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var echo = Seen(a, Echo(b), b);
        Assert.Equal(1, await echo.Ask<int>(1, Patience));
        ProviderOf(a).Quarantine(AddressOf(b), ProviderOf(b).Uid + 1);
        Assert.Equal(2, await echo.Ask<int>(2, Patience));
    }

    [Fact]
    public async Task Too_many_messages_for_a_node_that_does_not_answer_are_dropped()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        var a = NewSystem("a", "actorbroker.akka.remote.connecting-queue-size = 100");
        var dropped = Listen<Dropped>(a);
        var selection = a.ActorSelection($"akka.tcp://silent@127.0.0.1:{port}/user/x");
        for (var i = 0; i < 200; i++)
            selection.Tell(i, ActorRefs.NoSender);
        Assert.Contains("too many", (await dropped.Expect<Dropped>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_another_name_or_with_another_cookie_is_not_let_in()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b", "actorbroker.akka.remote.cookie = secret"));
        var errors = Listen<AssociationErrorEvent>(a);
        a.ActorSelection($"{AddressOf(b)}/user/x").Tell("x", ActorRefs.NoSender);
        Assert.Contains("cookie", (await errors.Expect<AssociationErrorEvent>()).Cause.Message, StringComparison.Ordinal);
        var misnamed = AddressOf(b).WithSystem("other");
        a.ActorSelection($"{misnamed}/user/x").Tell("x", ActorRefs.NoSender);
        Assert.Contains("this is not", (await errors.Expect<AssociationErrorEvent>()).Cause.Message, StringComparison.Ordinal);
    }

    private static bool Answers(ICanTell actor)
    {
        try
        {
            return actor.Ask<string>("there?", TimeSpan.FromMilliseconds(200)).Result == "there?";
        }
        catch (AggregateException)
        {
            return false;
        }
    }
}
