using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class StashTests : ActorTest
{
    [Fact]
    public async Task Stashed_messages_come_back_in_order_and_before_later_ones()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Door(probe.Ref)));
        foreach (var message in new object[] { 1, 2, 3, "open", 4 })
            actor.Tell(message, probe.Ref);
        await probe.ExpectAll(1, 2, 3, 4);
        Assert.Equal(actor, probe.LastSender);
    }

    [Fact]
    public async Task A_stashed_message_keeps_its_sender()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Door(null)));
        actor.Tell(1, probe.Ref);
        actor.Tell("open");
        await probe.Expect(1);
    }

    [Fact]
    public async Task Unstash_gives_one_back()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Door(probe.Ref)));
        foreach (var message in new object[] { 1, 2, "one", "open" })
            actor.Tell(message);
        await probe.ExpectAll(2, 1);
    }

    [Fact]
    public async Task The_same_message_cannot_be_stashed_twice()
    {
        var probe = NewProbe();
        System.ActorOf(Props.Create(() => new Door(probe.Ref))).Tell("twice");
        await probe.Expect<IllegalActorStateException>();
    }

    [Fact]
    public async Task A_full_stash_refuses()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new SmallDoor(probe.Ref)).WithStashCapacity(2));
        foreach (var message in new object[] { 1, 2, 3, "open" })
            actor.Tell(message);
        await probe.Expect<StashOverflowException>();
        await probe.ExpectAll(1, 2);
    }

    [Fact]
    public async Task A_restart_puts_the_stash_back_into_the_mailbox()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Door(probe.Ref)));
        foreach (var message in new object[] { 1, 2, "crash", "open" })
            actor.Tell(message);
        await probe.ExpectAll(1, 2);
    }

    [Fact]
    public async Task What_is_stashed_when_the_actor_ends_is_a_dead_letter()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        var actor = System.ActorOf(Props.Create(() => new Door(null)));
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        Assert.Equal(1, (await probe.Expect<DeadLetter>()).Message);
    }

    private class Door : ReceiveActor, IWithUnboundedStash
    {
        public Door(IActorRef? to)
        {
            Receive<int>(_ => Stash.Stash());
            Receive<string>(s => s == "one", _ => Stash.Unstash());
            Receive<string>(s => s == "crash", _ => throw new InvalidOperationException("crash"));
            Receive<string>(s => s == "twice", _ => StashTwice(to!));
            Receive<string>(s => s == "open", _ =>
            {
                Become(() => Receive<int>(i => (to ?? Sender).Tell(i)));
                Stash.UnstashAll();
            });
        }

        public IStash Stash { get; set; } = null!;

        private void StashTwice(IActorRef to)
        {
            Stash.Stash();
            try
            {
                Stash.Stash();
            }
            catch (IllegalActorStateException e)
            {
                to.Tell(e);
            }
        }
    }

    private sealed class SmallDoor : ReceiveActor, IWithStash
    {
        public SmallDoor(IActorRef to)
        {
            Receive<int>(_ =>
            {
                try
                {
                    Stash.Stash();
                }
                catch (StashOverflowException e)
                {
                    to.Tell(e);
                }
            });
            Receive<string>(_ =>
            {
                Become(() => Receive<int>(i => to.Tell(i)));
                Stash.UnstashAll();
            });
        }

        public IStash Stash { get; set; } = null!;
    }
}
