using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Remote;

namespace ActorBroker.Akka.Tests.Remote;

public sealed class DeathWatchTests : RemoteTest
{
    [Fact]
    public async Task The_end_of_an_actor_on_another_node_is_announced()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var echo = Echo(b);
        var seen = Seen(a, echo, b);
        var probe = new Probe(a);
        await probe.Watch(seen);
        Assert.Equal(1, await seen.Ask<int>(1, Patience));
        b.Stop(echo);
        var terminated = await probe.Expect<Terminated>();
        Assert.Equal(seen, terminated.ActorRef);
        Assert.True(terminated.ExistenceConfirmed);
        Assert.False(terminated.AddressTerminated);
    }

    [Fact]
    public async Task An_actor_that_never_was_is_announced_as_such()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var probe = new Probe(a);
        await probe.Watch(((ExtendedActorSystem)a).Provider.ResolveActorRef($"{AddressOf(b)}/user/nobody#77"));
        Assert.False((await probe.Expect<Terminated>()).ExistenceConfirmed);
    }

    [Fact]
    public async Task What_an_actor_sent_last_arrives_before_its_end()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        for (var round = 0; round < 20; round++)
        {
            var probe = new Probe(a);
            var dying = Start(b, (context, message) =>
            {
                for (var i = 0; i < 50; i++)
                    context.Sender.Tell(i, context.Self);
                context.Stop(context.Self);
            });
            var seen = Seen(a, dying, b);
            await probe.Watch(seen);
            seen.Tell("die", probe.Ref);
            for (var i = 0; i < 50; i++)
                await probe.Expect(i);
            await probe.ExpectTerminated(seen);
        }
    }

    [Fact]
    public async Task Who_no_longer_watches_is_not_told()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var echo = Echo(b);
        var probe = new Probe(a);
        var watcher = Start(a, (context, message) =>
        {
            switch (message)
            {
                case IActorRef subject:
                    context.Watch(subject);
                    context.Unwatch(subject);
                    context.Sender.Tell("done", context.Self);
                    break;
                default:
                    probe.Ref.Tell(message);
                    break;
            }
        });
        var other = new Probe(a);
        var seen = Seen(a, echo, b);
        await other.Watch(seen);
        await watcher.Ask<string>(seen, Patience);
        b.Stop(echo);
        await other.ExpectTerminated(seen);
        watcher.Tell("last", ActorRefs.NoSender);
        await probe.Expect("last");
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_found_out_and_quarantined_and_all_its_watched_actors_end()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var probe = new Probe(a);
        var (first, second) = (Seen(a, Echo(b), b), Seen(a, Echo(b), b));
        await probe.Watch(first);
        await probe.Watch(second);
        Assert.Equal(1, await first.Ask<int>(1, Patience));
        var quarantined = Listen<QuarantinedEvent>(a);
        var uid = ProviderOf(b).Uid;

        // No good-bye: only the transport dies.
        ProviderOf(b).Transport.Kill();

        var ended = new[] { await probe.Expect<Terminated>(), await probe.Expect<Terminated>() };
        Assert.All(ended, t => Assert.True(t.AddressTerminated));
        Assert.Equal(new[] { first, second }.Order(), ended.Select(t => t.ActorRef).Order());
        Assert.Equal(uid, (await quarantined.Expect<QuarantinedEvent>()).Uid);
    }

    [Fact]
    public async Task A_node_that_never_answers_is_found_out()
    {
        var a = NewSystem("a");
        var probe = new Probe(a);
        await probe.Watch(((ExtendedActorSystem)a).Provider.ResolveActorRef("akka.tcp://nobody@127.0.0.1:1/user/x#1"));
        Assert.True((await probe.Expect<Terminated>()).AddressTerminated);
    }

    [Fact]
    public async Task A_node_that_is_back_as_another_incarnation_answers_for_the_actors_of_the_first()
    {
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var address = AddressOf(b);
        var seen = Seen(a, Echo(b, "echo"), b);
        var probe = new Probe(a);
        await probe.Watch(seen);
        Assert.Equal(1, await seen.Ask<int>(1, Patience));
        ProviderOf(b).Transport.Kill();
        Echo(NewSystemAt(address), "echo");
        var ended = await probe.Expect<Terminated>();
        Assert.Equal(seen, ended.ActorRef);
        Assert.False(ended.AddressTerminated);
    }

    [Fact]
    public async Task Ten_thousand_watches_and_ends_all_arrive_while_connections_break()
    {
        const int Actors = 10_000;
        var (a, b) = (NewSystem("a"), NewSystem("b"));
        var actors = Enumerable.Range(0, Actors).Select(_ => Echo(b)).ToArray();
        var ended = new HashSet<IActorRef>();
        var watched = 0;
        var watcher = Start(a, (context, message) =>
        {
            switch (message)
            {
                case IActorRef subject:
                    context.Watch(subject);
                    watched++;
                    break;
                case Terminated terminated:
                    lock (ended)
                        ended.Add(terminated.ActorRef);
                    break;
            }
        });
        foreach (var actor in actors)
            watcher.Tell(Seen(a, actor, b), ActorRefs.NoSender);
        await Until(() => watched == Actors);
        for (var i = 0; i < Actors; i++)
        {
            b.Stop(actors[i]);
            if (i % 1000 != 500)
                continue;
            Association(a, b).Break();
            Association(b, a).Break();
        }
        await Until(() =>
        {
            lock (ended)
                return ended.Count == Actors;
        });
    }
}
