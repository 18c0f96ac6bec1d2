using System.Collections.Concurrent;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class DispatchTests() : ActorTest(Config)
{
    private const string Config = """
        pinned { type = PinnedDispatcher, executor = fork-join-executor }
        dedicated { type = ForkJoinDispatcher, throughput = 5, dedicated-thread-pool { thread-count = 2, threadtype = background } }
        narrow { mailbox-type = "Akka.Dispatch.BoundedMailbox", mailbox-capacity = 2, mailbox-push-timeout-time = 20ms }
        urgent { mailbox-type = "ActorBroker.Akka.Tests.Actor.DispatchTests+Urgent, ActorBroker.Akka.Tests" }
        stable { mailbox-type = "ActorBroker.Akka.Tests.Actor.DispatchTests+Stable, ActorBroker.Akka.Tests" }
        deque { mailbox-type = "Akka.Dispatch.UnboundedDequeBasedMailbox" }
        narrow-deque { mailbox-type = "Akka.Dispatch.BoundedDequeBasedMailbox", mailbox-capacity = 100, mailbox-push-timeout-time = 1s }
        akka.actor.deployment { /placed { dispatcher = dedicated } }
        """;

    [Fact]
    public async Task A_pinned_actor_stays_on_its_own_thread()
    {
        var probe = NewProbe();
        var props = FunctionActor.Props((_, _) => probe.Ref.Tell(Environment.CurrentManagedThreadId)).WithDispatcher("pinned");
        var first = System.ActorOf(props);
        var second = System.ActorOf(props);
        var threads = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            first.Tell("where");
            threads.Add(await probe.Expect<int>());
        }
        second.Tell("where");
        var other = await probe.Expect<int>();
        Assert.Single(threads.Distinct());
        Assert.NotEqual(threads[0], other);
    }

    [Fact]
    public async Task A_dedicated_pool_has_its_own_threads()
    {
        var names = new ConcurrentDictionary<int, bool>();
        var probe = NewProbe();
        var actors = Enumerable.Range(0, 8).Select(_ => System.ActorOf(FunctionActor.Props((_, _) =>
        {
            names[Environment.CurrentManagedThreadId] = Thread.CurrentThread.IsThreadPoolThread;
            probe.Ref.Tell("ran");
        }).WithDispatcher("dedicated"))).ToArray();
        for (var i = 0; i < 20; i++)
        {
            foreach (var actor in actors)
                actor.Tell("run");
        }
        for (var i = 0; i < 160; i++)
            await probe.Expect("ran");
        Assert.InRange(names.Count, 1, 2);
        Assert.All(names.Values, Assert.False);
    }

    [Fact]
    public async Task A_dispatcher_can_be_configured_for_a_path()
    {
        var probe = NewProbe();
        Start((context, _) => probe.Ref.Tell((context.Dispatcher.Id, context.Dispatcher.Throughput)), "placed").Tell("who");
        await probe.Expect(("dedicated", 5));
    }

    [Fact]
    public void An_unknown_dispatcher_or_mailbox_is_refused()
    {
        Assert.Throws<ConfigurationException>(() => System.ActorOf(FunctionActor.Props((_, _) => { }).WithDispatcher("unknown")));
        Assert.Throws<ConfigurationException>(() => System.ActorOf(FunctionActor.Props((_, _) => { }).WithMailbox("unknown")));
        Assert.True(System.Dispatchers.HasDispatcher("pinned"));
        Assert.False(System.Dispatchers.HasDispatcher("unknown"));
    }

    [Fact]
    public async Task A_dispatcher_runs_actions()
    {
        var ran = new TaskCompletionSource();
        System.Dispatchers.Lookup("dedicated").Schedule(ran.SetResult);
        await ran.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_bounded_mailbox_gives_what_does_not_fit_to_the_dead_letters()
    {
        var probe = NewProbe();
        System.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        var entered = new TaskCompletionSource();
        using var release = new ManualResetEventSlim();
        var gate = release;
        var actor = System.ActorOf(FunctionActor.Props((_, m) =>
        {
            entered.TrySetResult();
            gate.Wait(Patience);
            probe.Ref.Tell(m);
        }).WithMailbox("narrow"));
        actor.Tell(1);
        await entered.Task.WaitAsync(Patience);
        actor.Tell(2);
        actor.Tell(3);
        actor.Tell(4);
        Assert.Equal(4, (await probe.Expect<DeadLetter>()).Message);
        release.Set();
        await probe.ExpectAll(1, 2, 3);
        actor.Tell(5);
        await probe.Expect(5);
    }

    [Theory]
    [InlineData("urgent")]
    [InlineData("stable")]
    public async Task A_priority_mailbox_takes_the_lowest_number_first(string mailbox)
    {
        var probe = NewProbe();
        using var release = new ManualResetEventSlim();
        var gate = release;
        var actor = System.ActorOf(FunctionActor.Props((_, m) =>
        {
            gate.Wait(Patience);
            probe.Ref.Tell(m);
        }).WithMailbox(mailbox));
        actor.Tell(0);
        foreach (var i in new[] { 5, 3, 9, 1 })
            actor.Tell(i);
        release.Set();

        // The first may be any that was there when the actor began.
        var all = new List<int>();
        for (var i = 0; i < 5; i++)
            all.Add(await probe.Expect<int>());
        Assert.Equal(all.Skip(1).Order(), all.Skip(1));
    }

    [Fact]
    public async Task A_stable_priority_mailbox_keeps_the_order_among_equals()
    {
        var probe = NewProbe();
        using var release = new ManualResetEventSlim();
        var gate = release;
        var actor = System.ActorOf(FunctionActor.Props((_, m) =>
        {
            gate.Wait(Patience);
            probe.Ref.Tell(m);
        }).WithMailbox("stable"));
        for (var i = 100; i < 150; i++)
            actor.Tell(i);
        release.Set();
        for (var i = 100; i < 150; i++)
            await probe.Expect(i);
    }

    [Theory]
    [InlineData("deque")]
    [InlineData("urgent")]
    [InlineData("narrow-deque")]
    public async Task A_stash_works_on_any_mailbox_that_can_put_back(string mailbox)
    {
        var probe = NewProbe();
        var props = mailbox == "narrow-deque"
            ? Props.Create(() => new BoundedStasher(probe.Ref))
            : Props.Create(() => new Stasher(probe.Ref));
        var actor = System.ActorOf(props.WithMailbox(mailbox));
        actor.Tell(1);
        actor.Tell("open");
        actor.Tell(2);
        await probe.ExpectAll(1, 2);
    }

    [Fact]
    public void A_mailbox_that_lacks_what_the_actor_requires_is_refused()
    {
        var probe = NewProbe();
        Assert.ThrowsAny<Exception>(() => System.ActorOf(Props.Create(() => new Stasher(probe.Ref)).WithMailbox("narrow")));
    }

    public sealed class Urgent(Settings settings, Config config) : UnboundedPriorityMailbox(settings, config)
    {
        protected override int PriorityGenerator(object message) => message is int i ? i : int.MaxValue;
    }

    public sealed class Stable(Settings settings, Config config) : UnboundedStablePriorityMailbox(settings, config)
    {
        protected override int PriorityGenerator(object message) => message is int and < 100 and var i ? i : 100;
    }

    private class StasherBase : ReceiveActor
    {
        protected StasherBase(IActorRef to)
        {
            Receive<int>(_ => ((IActorStash)this).Stash.Stash());
            Receive<string>(_ =>
            {
                Become(() => Receive<int>(i => to.Tell(i)));
                ((IActorStash)this).Stash.UnstashAll();
            });
        }
    }

    private sealed class Stasher(IActorRef to) : StasherBase(to), IWithUnboundedStash
    {
        public IStash Stash { get; set; } = null!;
    }

    private sealed class BoundedStasher(IActorRef to) : StasherBase(to), IWithBoundedStash
    {
        public IStash Stash { get; set; } = null!;
    }
}
