using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class SupervisionTests : ActorTest
{
    [Fact]
    public async Task A_restart_keeps_mailbox_and_reference_and_gives_a_new_instance()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Counter(probe.Ref)));
        foreach (var message in new[] { "count", "count", "crash", "count" })
            actor.Tell(message);
        await probe.ExpectAll(1, 2, 1);
    }

    [Fact]
    public async Task A_restart_runs_the_hooks_in_order()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(FunctionActor.Props(Crash, null, h => probe.Ref.Tell(h)));
        actor.Tell("crash");
        actor.Tell("done");
        await probe.ExpectAll("PreStart", "PreRestart(crash)", "PostStop", "PostRestart(crash)", "PreStart");
    }

    [Fact]
    public async Task Resume_keeps_the_state()
    {
        var probe = NewProbe();
        var child = await ChildOf(new OneForOneStrategy(_ => Directive.Resume), Props.Create(() => new Counter(probe.Ref)));
        foreach (var message in new[] { "count", "crash", "count" })
            child.Tell(message);
        await probe.ExpectAll(1, 2);
    }

    [Fact]
    public async Task Stop_ends_the_child()
    {
        var probe = NewProbe();
        var child = await ChildOf(new OneForOneStrategy(_ => Directive.Stop), Props.Create(() => new Counter(probe.Ref)));
        await probe.Watch(child);
        child.Tell("crash");
        await probe.ExpectTerminated(child);
    }

    [Fact]
    public async Task Escalate_fails_the_parent_which_restarts_with_its_children_stopped()
    {
        var probe = NewProbe();
        var strategy = new OneForOneStrategy(_ => Directive.Escalate);
        var parent = System.ActorOf(FunctionActor.Props(
            (context, m) =>
            {
                if (m is "child")
                    context.Sender.Tell(context.ActorOf(FunctionActor.Props(Crash, null, h => probe.Ref.Tell($"child {h}"))));
            },
            null,
            h => probe.Ref.Tell($"parent {h}"),
            strategy));
        await probe.Expect("parent PreStart");
        var child = await parent.Ask<IActorRef>("child", Patience);
        await probe.Expect("child PreStart");
        child.Tell("crash");

        // The parent's hook runs while its child ends: their order is open.
        var seen = new List<string>();
        while (!seen.Contains("parent PreStart"))
            seen.Add((string)await probe.Next());
        Assert.Contains("child PostStop", seen);
        Assert.Equal(
            ["parent PostStop", "parent PostRestart(crash)", "parent PreStart"],
            seen.Where(s => s.StartsWith("parent P", StringComparison.Ordinal) && !s.Contains("PreRestart")));
    }

    [Fact]
    public async Task All_for_one_restarts_every_child()
    {
        var probe = NewProbe();
        var parent = System.ActorOf(FunctionActor.Props(
            (context, m) => context.Sender.Tell(context.ActorOf(Props.Create(() => new Counter(probe.Ref)), (string)m)),
            null,
            null,
            new AllForOneStrategy(_ => Directive.Restart)));
        var first = await parent.Ask<IActorRef>("a", Patience);
        var second = await parent.Ask<IActorRef>("b", Patience);
        second.Tell("count");
        await probe.Expect(1);
        first.Tell("crash");
        first.Tell("count");
        await probe.Expect(1);

        // The sibling is restarted by the time the failed one works again, or soon after.
        await Until(() => second.Ask<int>("peek", Patience).Result == 0);
    }

    [Fact]
    public async Task All_for_one_stops_every_child()
    {
        var probe = NewProbe();
        var parent = System.ActorOf(FunctionActor.Props(
            (context, m) => context.Sender.Tell(context.ActorOf(Props.Create(() => new Counter(probe.Ref)), (string)m)),
            null,
            null,
            new AllForOneStrategy(_ => Directive.Stop)));
        var children = new[] { await parent.Ask<IActorRef>("a", Patience), await parent.Ask<IActorRef>("b", Patience) };
        foreach (var child in children)
            await probe.Watch(child);
        children[0].Tell("crash");
        var ended = new[] { await probe.Expect<Terminated>(), await probe.Expect<Terminated>() }.Select(t => t.ActorRef).ToHashSet();
        Assert.Equal(children.ToHashSet(), ended);
    }

    [Fact]
    public async Task Restarts_beyond_the_limit_stop_the_child()
    {
        var probe = NewProbe();
        var child = await ChildOf(
            new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart), Props.Create(() => new Counter(probe.Ref)));
        await probe.Watch(child);
        foreach (var message in new[] { "crash", "count", "crash", "count", "crash", "count" })
            child.Tell(message);
        await probe.ExpectAll(1, 1);
        await probe.ExpectTerminated(child);
    }

    [Fact]
    public async Task No_retries_is_a_stop()
    {
        var probe = NewProbe();
        var child = await ChildOf(
            new OneForOneStrategy(0, TimeSpan.FromMinutes(1), _ => Directive.Restart), Props.Create(() => new Counter(probe.Ref)));
        await probe.Watch(child);
        child.Tell("crash");
        await probe.ExpectTerminated(child);
    }

    [Fact]
    public async Task The_strategy_of_the_props_precedes_that_of_the_class()
    {
        var probe = NewProbe();
        var props = FunctionActor.Props(
            (context, m) => context.Sender.Tell(context.ActorOf(Props.Create(() => new Counter(probe.Ref)))),
            null,
            null,
            new OneForOneStrategy(_ => Directive.Restart));
        var parent = System.ActorOf(props.WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop)));
        var child = await parent.Ask<IActorRef>("child", Patience);
        await probe.Watch(child);
        child.Tell("crash");
        await probe.ExpectTerminated(child);
    }

    [Fact]
    public async Task A_decider_may_tell_exceptions_apart()
    {
        var probe = NewProbe();
        var decider = Decider.From(Directive.Stop, Directive.Resume.When<ArgumentException>(), Directive.Restart.When<FormatException>());
        Assert.Equal(Directive.Resume, decider.Decide(new ArgumentNullException()));
        Assert.Equal(Directive.Restart, decider.Decide(new FormatException()));
        Assert.Equal(Directive.Stop, decider.Decide(new TimeoutException()));
        var child = await ChildOf(new OneForOneStrategy(decider), Props.Create(() => new Counter(probe.Ref)));
        foreach (var message in new[] { "count", "argument", "count", "format", "count" })
            child.Tell(message);
        await probe.ExpectAll(1, 2, 1);
    }

    [Fact]
    public void The_default_decision_stops_what_cannot_start_and_restarts_the_rest()
    {
        var decider = SupervisorStrategy.DefaultStrategy.Decider;
        Assert.Equal(Directive.Stop, decider.Decide(new ActorInitializationException("x")));
        Assert.Equal(Directive.Stop, decider.Decide(new ActorKilledException("x")));
        Assert.Equal(Directive.Stop, decider.Decide(new DeathPactException(ActorRefs.Nobody)));
        Assert.Equal(Directive.Restart, decider.Decide(new InvalidOperationException("x")));
        Assert.Equal(Directive.Stop, SupervisorStrategy.StoppingStrategy.Decider.Decide(new InvalidOperationException("x")));
    }

    [Fact]
    public async Task A_PreRestart_that_throws_does_not_prevent_the_restart()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new BadRestart(probe.Ref, "pre")));
        actor.Tell("crash");
        actor.Tell("work");
        await probe.Expect("work");
    }

    [Fact]
    public async Task A_PostRestart_that_throws_is_a_failure_of_its_own()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new BadRestart(probe.Ref, "post")));
        await probe.Watch(actor);
        actor.Tell("crash");
        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task Children_that_survive_a_restart_are_restarted_too()
    {
        var probe = NewProbe();
        var parent = System.ActorOf(Props.Create(() => new KeepsChildren(probe.Ref)));
        parent.Tell("count");
        await probe.Expect(1);
        parent.Tell("crash");
        parent.Tell("count");
        await probe.Expect(1);
    }

    [Fact]
    public async Task While_a_failure_is_decided_the_child_waits()
    {
        var probe = NewProbe();
        using var decide = new ManualResetEventSlim();
        var gate = decide;
        var child = await ChildOf(
            new OneForOneStrategy(_ =>
            {
                gate.Wait(Patience);
                probe.Ref.Tell("decided");
                return Directive.Resume;
            }),
            Props.Create(() => new Counter(probe.Ref)));
        child.Tell("crash");
        child.Tell("count");
        decide.Set();
        await probe.ExpectAll("decided", 1);
    }

    private static void Crash(IActorContext context, object message)
    {
        if (message is "crash")
            throw new InvalidOperationException("crash");
    }

    private Task<IActorRef> ChildOf(SupervisorStrategy strategy, Props child)
    {
        var props = FunctionActor.Props((context, m) => context.Sender.Tell(context.ActorOf((Props)m)), null, null, strategy);
        var parent = System.ActorOf(props);
        return parent.Ask<IActorRef>(child, Patience);
    }

    private sealed class Counter : ReceiveActor
    {
        private int _count;

        public Counter(IActorRef to)
        {
            Receive<string>(s => s == "count", _ => to.Tell(++_count));
            Receive<string>(s => s == "peek", _ => Sender.Tell(_count));
            Receive<string>(s => s == "argument", _ => throw new ArgumentException("argument"));
            Receive<string>(s => s == "format", _ => throw new FormatException("format"));
            Receive<string>(s => s == "crash", _ => throw new InvalidOperationException("crash"));
        }
    }

    private sealed class BadRestart(IActorRef to, string where) : UntypedActor
    {
        protected override void PreRestart(Exception reason, object message)
        {
            if (where == "pre")
                throw new InvalidOperationException("bad hook");
        }

        protected override void PostRestart(Exception reason)
        {
            if (where == "post")
                throw new InvalidOperationException("bad hook");
        }

        protected override void OnReceive(object message)
        {
            if (message is "crash")
                throw new InvalidOperationException("crash");
            to.Tell(message);
        }
    }

    private sealed class KeepsChildren(IActorRef to) : UntypedActor
    {
        protected override void PreRestart(Exception reason, object message) => PostStop();

        protected override void OnReceive(object message)
        {
            if (message is "crash")
                throw new InvalidOperationException("crash");
            var child = Context.Child("kid");
            if (child.IsNobody())
            {
                var target = to;
                child = Context.ActorOf(Props.Create(() => new Counter(target)), "kid");
            }
            child.Forward(message);
        }
    }
}
