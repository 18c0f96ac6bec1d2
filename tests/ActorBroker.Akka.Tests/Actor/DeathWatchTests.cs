using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class DeathWatchTests : ActorTest
{
    [Fact]
    public async Task A_watcher_is_told_once()
    {
        var probe = NewProbe();
        var actor = Start((_, _) => { });
        await probe.Watch(actor);
        await probe.Watch(actor);
        System.Stop(actor);
        var terminated = await probe.Expect<Terminated>();
        Assert.Equal(actor, terminated.ActorRef);
        Assert.True(terminated.ExistenceConfirmed);
        Assert.False(terminated.AddressTerminated);
        Assert.Equal(actor, probe.LastSender);
        await probe.ExpectNothingBefore("end");
    }

    [Fact]
    public async Task Watching_what_has_ended_tells_at_once()
    {
        var actor = Start((_, _) => { });
        Assert.True(await actor.GracefulStop(Patience));
        var probe = NewProbe();
        await probe.Watch(actor);
        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task Watching_what_never_was_tells_that_it_is_not_confirmed()
    {
        var probe = NewProbe();
        var nobody = ((ExtendedActorSystem)System).Provider.ResolveActorRef("akka://test/user/nobody");
        await probe.Watch(nobody);
        var terminated = await probe.Expect<Terminated>();
        Assert.Equal(nobody.Path, terminated.ActorRef.Path);
        Assert.False(terminated.ExistenceConfirmed);
    }

    [Fact]
    public async Task What_the_dying_actor_sent_comes_before_its_end()
    {
        var probe = NewProbe();
        var actor = Start((context, m) =>
        {
            for (var i = 0; i < 10; i++)
                probe.Ref.Tell(i);
            context.Stop(context.Self);
        });
        await probe.Watch(actor);
        actor.Tell("go");
        for (var i = 0; i < 10; i++)
            await probe.Expect(i);
        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task Unwatch_takes_even_a_notice_back_that_is_in_the_mailbox()
    {
        var probe = NewProbe();
        var actor = Start((_, _) => { });
        using var dead = new ManualResetEventSlim();
        var gate = dead;
        var watcher = Start((context, m) =>
        {
            switch (m)
            {
                case "watch":
                    context.Watch(actor);
                    context.Sender.Tell("watching");
                    break;
                case "block":
                    gate.Wait(Patience);
                    context.Unwatch(actor);
                    probe.Ref.Tell("unwatched");
                    break;
                default:
                    probe.Ref.Tell(m);
                    break;
            }
        });
        await watcher.Ask("watch", Patience);
        watcher.Tell("block");
        Assert.True(await actor.GracefulStop(Patience));
        dead.Set();
        await probe.Expect("unwatched");
        watcher.Tell("after");
        await probe.Expect("after");
    }

    [Fact]
    public async Task WatchWith_sends_the_message_instead()
    {
        var probe = NewProbe();
        var actor = Start((_, _) => { });
        var watcher = Start((context, m) =>
        {
            if (m is "watch")
            {
                context.WatchWith(actor, "gone");
                context.Sender.Tell("watching");
            }
            else
            {
                probe.Ref.Tell(m);
            }
        });
        await watcher.Ask("watch", Patience);
        System.Stop(actor);
        await probe.Expect("gone");
    }

    [Fact]
    public async Task An_unhandled_notice_ends_the_watcher()
    {
        var probe = NewProbe();
        var actor = Start((_, _) => { });
        var watcher = System.ActorOf(Props.Create(() => new DeathPact(actor)));
        await probe.Watch(watcher);
        Assert.Equal("alive", await watcher.Ask("hello", Patience));
        System.Stop(actor);
        await probe.ExpectTerminated(watcher);
    }

    [Fact]
    public async Task A_parent_that_watches_its_child_is_told_and_may_use_the_name_again()
    {
        var probe = NewProbe();
        Start((context, m) =>
        {
            switch (m)
            {
                case "go":
                    var child = context.ActorOf(FunctionActor.Props((_, _) => { }), "kid");
                    context.Watch(child);
                    context.Stop(child);
                    break;
                case Terminated:
                    context.ActorOf(FunctionActor.Props((_, _) => { }), "kid");
                    probe.Ref.Tell("again");
                    break;
            }
        }).Tell("go");
        await probe.Expect("again");
    }

    [Fact]
    public async Task A_restarting_actor_has_not_ended()
    {
        var probe = NewProbe();
        var actor = Start((_, m) =>
        {
            if (m is "crash")
                throw new InvalidOperationException("crash");
            probe.Ref.Tell(m);
        });
        await probe.Watch(actor);
        actor.Tell("crash");
        actor.Tell("alive");
        await probe.Expect("alive");
        System.Stop(actor);
        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task WatchAsync_completes_with_the_end()
    {
        var actor = Start((_, _) => { });
        var ended = actor.WatchAsync(CancellationToken.None);
        Assert.False(ended.IsCompleted);
        System.Stop(actor);
        Assert.True(await ended.WaitAsync(Patience));
    }

    private sealed class DeathPact : ReceiveActor
    {
        public DeathPact(IActorRef partner)
        {
            Context.Watch(partner);
            Receive<string>(_ => Sender.Tell("alive"));
        }
    }
}
