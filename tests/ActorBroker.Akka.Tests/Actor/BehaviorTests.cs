using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class BehaviorTests : ActorTest
{
    [Fact]
    public async Task The_first_handler_that_matches_takes_the_message()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Sorter(probe.Ref)));
        actor.Tell(5);
        actor.Tell(500);
        actor.Tell("text");
        actor.Tell(new List<int> { 1 });
        actor.Tell(2.5);
        await probe.ExpectAll("small 5", "int 500", "string text", "enumerable", "any 2.5");
    }

    [Fact]
    public async Task What_no_handler_takes_is_published_as_unhandled()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(UnhandledMessage));
        var actor = System.ActorOf(Props.Create(() => new OnlyInts()));
        actor.Tell("text", probe.Ref);
        var unhandled = await probe.Expect<UnhandledMessage>();
        Assert.Equal("text", unhandled.Message);
        Assert.Equal(actor, unhandled.Recipient);
        Assert.Equal(probe.Ref, unhandled.Sender);
    }

    [Fact]
    public async Task A_deciding_handler_passes_on_what_it_does_not_take()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Deciding(probe.Ref)));
        actor.Tell(2);
        actor.Tell(3);
        await probe.ExpectAll("even 2", "other 3");
    }

    [Fact]
    public async Task Handlers_cannot_be_added_later()
    {
        var probe = NewProbe();
        System.ActorOf(Props.Create(() => new LateHandler(probe.Ref))).Tell(1);
        await probe.Expect<InvalidOperationException>();
    }

    [Fact]
    public async Task Become_replaces_and_BecomeStacked_can_be_undone()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Moody(probe.Ref)));
        foreach (var message in new[] { "ask", "happy", "ask", "nap", "ask", "wake", "ask", "wake", "ask" })
            actor.Tell(message);
        await probe.ExpectAll("neutral", "happy", "asleep", "happy", "neutral");
    }

    [Fact]
    public async Task An_untyped_actor_becomes_a_function()
    {
        var probe = NewProbe();
        var actor = Start((context, m) => context.BecomeStacked(n =>
        {
            probe.Ref.Tell($"second {n}");
            context.UnbecomeStacked();
            return true;
        }));
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(3);
        actor.Tell(4);
        await probe.ExpectAll("second 2", "second 4");
    }

    [Fact]
    public async Task A_restart_returns_to_the_first_behavior()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Moody(probe.Ref)));
        foreach (var message in new[] { "happy", "ask", "crash", "ask" })
            actor.Tell(message);
        await probe.ExpectAll("happy", "neutral");
    }

    [Fact]
    public async Task Forward_keeps_the_sender()
    {
        var probe = NewProbe();
        var middle = Start((context, m) => probe.Ref.Forward(m));
        var sender = Start((context, m) => middle.Tell(m));
        sender.Tell("hi");
        await probe.Expect("hi");
        Assert.Equal(sender, probe.LastSender);
    }

    [Fact]
    public async Task Without_a_sender_replies_are_dead_letters()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        Start((context, m) => context.Sender.Tell("reply")).Tell("hi", ActorRefs.NoSender);
        Assert.Equal("reply", (await probe.Expect<DeadLetter>()).Message);
    }

    [Fact]
    public void Context_is_for_the_actor_alone() => Assert.Throws<NotSupportedException>(OnlyInts.UseContext);

    [Fact]
    public void Props_take_only_a_constructor_call() =>
        Assert.ThrowsAny<Exception>(() => Props.Create(() => Make()));

    [Fact]
    public async Task Props_by_type_and_arguments_make_the_actor()
    {
        var probe = NewProbe();
        System.ActorOf(Props.Create(typeof(Sorter), probe.Ref)).Tell(1);
        System.ActorOf(Props.Create<Sorter>(probe.Ref)).Tell(2);
        Assert.Equal(["small 1", "small 2"], new[] { (string)await probe.Next(), (string)await probe.Next() }.Order());
        Assert.Equal(typeof(Sorter), Props.Create<Sorter>(probe.Ref).Type);
    }

    private static OnlyInts Make() => throw new NotSupportedException();

    private sealed class Sorter : ReceiveActor
    {
        public Sorter(IActorRef to)
        {
            Receive<int>(i => i < 10, i => to.Tell($"small {i}"));
            Receive<int>(i => to.Tell($"int {i}"));
            Receive<string>(s => to.Tell($"string {s}"));
            Receive<IEnumerable<int>>(_ => to.Tell("enumerable"));
            ReceiveAny(o => to.Tell(FormattableString.Invariant($"any {o}")));
        }
    }

    private sealed class OnlyInts : ReceiveActor
    {
        public OnlyInts() => Receive<int>(_ => { });

        public static void UseContext() => _ = Context.Self;
    }

    private sealed class Deciding : ReceiveActor
    {
        public Deciding(IActorRef to)
        {
            Receive<int>(i =>
            {
                if (i % 2 != 0)
                    return false;
                to.Tell($"even {i}");
                return true;
            });
            Receive(typeof(int), o => to.Tell($"other {o}"));
        }
    }

    private sealed class LateHandler : ReceiveActor
    {
        public LateHandler(IActorRef to) => Receive<int>(_ =>
        {
            try
            {
                Receive<string>(_ => { });
            }
            catch (InvalidOperationException e)
            {
                to.Tell(e);
            }
        });
    }

    private sealed class Moody : ReceiveActor
    {
        private readonly IActorRef _to;

        public Moody(IActorRef to)
        {
            _to = to;
            Mood("neutral");
        }

        private void Mood(string mood)
        {
            Receive<string>(s => s == "ask", _ => _to.Tell(mood));
            Receive<string>(s => s == "happy", _ => Become(() => Mood("happy")));
            Receive<string>(s => s == "nap", _ => BecomeStacked(() => Mood("asleep")));
            Receive<string>(s => s == "wake", _ => UnbecomeStacked());
            Receive<string>(s => s == "crash", _ => throw new InvalidOperationException("crash"));
        }
    }
}
