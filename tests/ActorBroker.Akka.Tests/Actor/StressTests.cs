using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;

namespace ActorBroker.Akka.Tests.Actor;

/// <summary>
/// Races that no single run shows, ten seeds each. A seed fixes the choices, not the interleaving: a failure names its seed,
/// and is repeated by running it often.
/// </summary>
public sealed class StressTests() : ActorTest("""
    dedicated { type = ForkJoinDispatcher, throughput = 3, dedicated-thread-pool { thread-count = 2 } }
    hasty { type = Dispatcher, throughput = 1 }
    priority { mailbox-type = "ActorBroker.Akka.Tests.Actor.DispatchTests+Stable, ActorBroker.Akka.Tests" }
    bounded { mailbox-type = "Akka.Dispatch.BoundedMailbox", mailbox-capacity = 100000, mailbox-push-timeout-time = 10s }
    """)
{
    private static readonly string[] DispatcherIds = ["akka.actor.default-dispatcher", "hasty", "dedicated"];

    public static TheoryData<int> Seeds => new(Enumerable.Range(1, 10));

    public static TheoryData<int, string> SeedsAndMailboxes
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (var seed = 1; seed <= 10; seed++)
                data.Add(seed, new[] { "", "", "priority", "bounded" }[seed % 4]);
            return data;
        }
    }

    // One sender for each actor, since another's message would wake it too. Two messages with a random gap: the second often
    // meets the mailbox just as it goes idle, and a wake-up that is lost leaves it unhandled.
    [Theory]
    [MemberData(nameof(SeedsAndMailboxes))]
    public async Task No_wake_up_is_lost(int seed, string mailbox)
    {
        const int pairs = 2;
        const int bursts = 20_000;
        var random = new Random(seed);
        var failures = await Task.WhenAll(Enumerable.Range(0, pairs).Select(_ =>
        {
            var props = Props.Create(() => new Tallier()).WithDispatcher(Any(random, DispatcherIds));
            var actor = System.ActorOf(mailbox.Length > 0 ? props.WithMailbox(mailbox) : props);
            var gaps = new Random(random.Next());
            return Task.Factory.StartNew(() => SendBursts(actor, gaps, bursts), TaskCreationOptions.LongRunning);
        }));
        Assert.All(failures, Assert.Null);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Each_pair_of_sender_and_receiver_keeps_its_order(int seed)
    {
        const int senders = 6;
        const int receivers = 4;
        const int messages = 3_000;
        var random = new Random(seed);
        var probe = NewProbe();
        var targets = Enumerable.Range(0, receivers).Select(_ => System.ActorOf(
            Props.Create(() => new OrderChecker(probe.Ref, senders * messages)).WithDispatcher(Any(random, DispatcherIds)))).ToArray();
        for (var i = 0; i < senders; i++)
        {
            var number = i;
            var props = FunctionActor.Props((context, m) => SendSome(context, number, (int)m, messages, targets));
            var sender = System.ActorOf(props.WithDispatcher(Any(random, DispatcherIds)));
            sender.Tell(0);
        }
        for (var i = 0; i < receivers; i++)
            Assert.Equal("in order", await probe.Next());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_watcher_is_told_once_of_every_crash(int seed)
    {
        const int actors = 200;
        const int watchers = 4;
        var random = new Random(seed);
        var probe = NewProbe();
        var parent = System.ActorOf(FunctionActor.Props(
            (context, m) => context.Sender.Tell(context.ActorOf(Props.Create(() => new Mortal((int)m)))),
            null,
            null,
            new OneForOneStrategy(_ => Directive.Stop)));
        var watching = Enumerable.Range(0, watchers).Select(_ => System.ActorOf(
            Props.Create(() => new Mourner(probe.Ref, actors)).WithDispatcher(Any(random, DispatcherIds)))).ToArray();
        for (var i = 0; i < actors; i++)
        {
            var way = random.Next(6);
            var subject = await parent.Ask<IActorRef>(way, Patience);
            var died = false;
            foreach (var watcher in watching)
            {
                watcher.Tell(subject);
                if (!died && random.Next(3) == 0)
                {
                    died = true;
                    Die(subject, way);
                }
            }
            if (!died)
                Die(subject, way);
        }
        for (var i = 0; i < watchers; i++)
            Assert.Equal("all once", await probe.Next());
        foreach (var watcher in watching)
            Assert.Equal(actors, await watcher.Ask<int>("count", Patience));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_is_lost_or_doubled_when_a_stashing_actor_restarts(int seed)
    {
        const int messages = 2_000;
        var random = new Random(seed);
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Stasher(probe.Ref)).WithDispatcher(Any(random, DispatcherIds)));
        for (var i = 0; i < messages; i++)
        {
            actor.Tell(i);
            switch (random.Next(12))
            {
                case 0:
                    actor.Tell("crash");
                    break;
                case 1:
                    actor.Tell("open");
                    break;
                case 2:
                    actor.Tell("shut");
                    break;
            }
        }
        actor.Tell("open");
        actor.Tell("flush");
        var seen = new List<int>();
        object next;
        while ((next = await probe.Next()) is int i)
            seen.Add(i);
        Assert.Equal("flushed", next);
        Assert.Equal(Enumerable.Range(0, messages), seen);
    }

    private static string Any(Random random, string[] choices) => choices[random.Next(choices.Length)];

    private static string? SendBursts(IActorRef actor, Random gaps, int bursts)
    {
        var tally = new Tally();
        for (var burst = 1; burst <= bursts; burst++)
        {
            actor.Tell(tally, ActorRefs.NoSender);
            Thread.SpinWait(gaps.Next(120));
            actor.Tell(tally, ActorRefs.NoSender);
            var expected = 2 * burst;
            if (!SpinWait.SpinUntil(() => Volatile.Read(ref tally.Count) == expected, Patience))
                return $"burst {burst}: {expected - tally.Count} not handled";
        }
        return null;
    }

    // In portions, so that all senders run at the same time.
    private static void SendSome(IActorContext context, int sender, int from, int messages, IActorRef[] targets)
    {
        var to = Math.Min(from + 50, messages);
        for (var i = from; i < to; i++)
        {
            foreach (var target in targets)
                target.Tell((sender, i), context.Self);
        }
        if (to < messages)
            context.Self.Tell(to);
    }

    private static void Die(IActorRef subject, int way) => subject.Tell(way switch
    {
        0 => PoisonPill.Instance,
        1 => Kill.Instance,
        2 => "stop",
        _ => "crash",
    });

    private sealed class Tally
    {
        public int Count;
    }

    private sealed class Tallier : UntypedActor
    {
        protected override void OnReceive(object message) => Interlocked.Increment(ref ((Tally)message).Count);
    }

    private sealed class OrderChecker(IActorRef to, int expected) : UntypedActor
    {
        private readonly Dictionary<int, int> _last = [];
        private int _count;

        protected override void OnReceive(object message)
        {
            var (sender, number) = ((int, int))message;
            if (_last.GetValueOrDefault(sender, -1) != number - 1)
                to.Tell($"sender {sender}: {number} after {_last.GetValueOrDefault(sender, -1)}");
            _last[sender] = number;
            if (++_count == expected)
                to.Tell("in order");
        }
    }

    /// <summary>Some fail at birth: then the watch may come before or after their end.</summary>
    private sealed class Mortal : UntypedActor
    {
        public Mortal(int way)
        {
            if (way == 4)
                throw new InvalidOperationException("stillborn");
        }

        protected override void OnReceive(object message)
        {
            if (message is "crash")
                throw new InvalidOperationException("crash");
            Context.Stop(Self);
        }
    }

    private sealed class Mourner(IActorRef to, int expected) : UntypedActor
    {
        private readonly HashSet<IActorRef> _ended = [];
        private int _count;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case IActorRef subject:
                    Context.Watch(subject);
                    break;
                case Terminated terminated:
                    _count++;
                    if (!_ended.Add(terminated.ActorRef))
                        to.Tell($"told twice of {terminated.ActorRef}");
                    else if (_ended.Count == expected)
                        to.Tell("all once");
                    break;
                default:
                    Sender.Tell(_count);
                    break;
            }
        }
    }

    private sealed class Stasher : ReceiveActor, IWithUnboundedStash
    {
        private readonly IActorRef _to;

        public Stasher(IActorRef to)
        {
            _to = to;
            Shut();
        }

        public IStash Stash { get; set; } = null!;

        private void Shut()
        {
            Receive<int>(_ => Stash.Stash());
            Receive<string>(s => s == "open", _ =>
            {
                Become(Open);
                Stash.UnstashAll();
            });
            Common();
        }

        private void Open()
        {
            Receive<int>(i => _to.Tell(i));
            Receive<string>(s => s == "shut", _ => Become(Shut));
            Common();
        }

        private void Common()
        {
            Receive<string>(s => s == "crash", _ => throw new InvalidOperationException("crash"));
            Receive<string>(s => s == "flush", _ => _to.Tell("flushed"));
            Receive<string>(_ => { });
        }
    }
}
