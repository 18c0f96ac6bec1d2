using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class TimeTests : ActorTest
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_message_is_sent_later()
    {
        var probe = NewProbe();
        var before = System.Scheduler.MonotonicClock;
        System.Scheduler.ScheduleTellOnce(Short, probe.Ref, "later", probe.Ref);
        await probe.Expect("later");
        Assert.True(System.Scheduler.MonotonicClock - before >= Short);
        Assert.Equal(probe.Ref, probe.LastSender);
    }

    [Fact]
    public async Task Messages_come_in_the_order_of_their_times()
    {
        var probe = NewProbe();
        foreach (var i in new[] { 5, 1, 3, 2, 4 })
            System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(i * 60), probe.Ref, i, ActorRefs.NoSender);
        await probe.ExpectAll(1, 2, 3, 4, 5);
    }

    [Fact]
    public async Task A_message_is_sent_repeatedly_until_cancelled()
    {
        var probe = NewProbe();
        var task = System.Scheduler.ScheduleTellRepeatedlyCancelable(TimeSpan.Zero, Short, probe.Ref, "tick", ActorRefs.NoSender);
        await probe.ExpectAll("tick", "tick", "tick");
        task.Cancel();
        Assert.True(task.IsCancellationRequested);
        object last;
        do
        {
            // What was on its way may still come, but it ends.
            probe.Ref.Tell("end");
            last = await probe.Next();
        }
        while (last is "tick");
    }

    [Fact]
    public async Task An_action_runs_once_or_repeatedly()
    {
        var runs = 0;
        using var cancelable = new Cancelable(System.Scheduler);
        System.Scheduler.Advanced.ScheduleRepeatedly(Short, Short, () => Interlocked.Increment(ref runs), cancelable);
        await Until(() => Volatile.Read(ref runs) >= 3);
        cancelable.Cancel();
        var once = new TaskCompletionSource();
        System.Scheduler.Advanced.ScheduleOnce(Short, once.SetResult);
        await once.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task What_is_cancelled_before_its_time_does_not_come()
    {
        var probe = NewProbe();
        var task = System.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMilliseconds(100), probe.Ref, "never", ActorRefs.NoSender);
        task.Cancel();
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(200), probe.Ref, "later", ActorRefs.NoSender);
        await probe.Expect("later");
    }

    [Fact]
    public async Task A_cancelable_cancels_itself_and_its_token_in_time()
    {
        using var cancelable = new Cancelable(System.Scheduler, Short);
        var token = cancelable.Token;
        await Until(() => token.IsCancellationRequested);
        Assert.True(cancelable.IsCancellationRequested);
    }

    [Fact]
    public void Negative_times_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => System.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(-1), ActorRefs.Nobody, "x", ActorRefs.NoSender));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => System.Scheduler.ScheduleTellRepeatedly(Short, TimeSpan.Zero, ActorRefs.Nobody, "x", ActorRefs.NoSender));
    }

    [Fact]
    public async Task An_action_that_throws_does_not_harm_the_scheduler()
    {
        System.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => throw new InvalidOperationException("bad action"));
        var once = new TaskCompletionSource();
        System.Scheduler.Advanced.ScheduleOnce(Short, once.SetResult);
        await once.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_timer_fires_once()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Clock(probe.Ref)));
        actor.Tell(("single", "key", "ring", Short));
        await probe.Expect("ring");
        actor.Tell(("active", "key", "", Short));
        await probe.Expect(false);
    }

    [Fact]
    public async Task A_timer_fires_until_it_is_cancelled()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Clock(probe.Ref)));
        actor.Tell(("periodic", "key", "tick", Short));
        await probe.ExpectAll("tick", "tick", "tick");
        actor.Tell(("cancel", "key", "", Short));
        actor.Tell(("active", "key", "", Short));
        object last;
        do
            last = await probe.Next();
        while (last is "tick");
        Assert.Equal(false, last);
        await probe.ExpectNothingBefore("end");
    }

    [Fact]
    public async Task A_timer_of_the_same_key_replaces_the_first()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Clock(probe.Ref)));
        actor.Tell(("single", "key", "first", TimeSpan.FromMilliseconds(60)));
        actor.Tell(("single", "key", "second", TimeSpan.FromMilliseconds(120)));
        await probe.Expect("second");
    }

    [Fact]
    public async Task A_restart_ends_the_timers()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(Props.Create(() => new Clock(probe.Ref)));
        actor.Tell(("single", "key", "late", Long));
        actor.Tell(("active", "key", "", Short));
        actor.Tell("crash");
        actor.Tell(("active", "key", "", Short));
        await probe.ExpectAll(true, false);
    }

    [Fact]
    public async Task A_silent_actor_gets_a_receive_timeout()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(FunctionActor.Props(
            (context, m) =>
            {
                if (m is ReceiveTimeout)
                    context.SetReceiveTimeout(null);
                probe.Ref.Tell((m, context.ReceiveTimeout));
            },
            context => context.SetReceiveTimeout(Short)));
        await probe.Expect(((object)ReceiveTimeout.Instance, (TimeSpan?)null));
        actor.Tell("still here");
        await probe.Expect(((object)"still here", (TimeSpan?)null));
    }

    [Fact]
    public async Task Messages_that_count_put_the_receive_timeout_off()
    {
        var probe = NewProbe();
        var actor = System.ActorOf(FunctionActor.Props(
            (context, m) => probe.Ref.Tell(m is ReceiveTimeout ? "timeout" : m), context => context.SetReceiveTimeout(Long)));
        actor.Tell("a");
        actor.Tell(ReceiveTimeout.Instance);
        await probe.ExpectAll("a", "timeout");
    }

    private sealed class Clock : ReceiveActor, IWithTimers
    {
        public Clock(IActorRef to)
        {
            Receive<(string What, string Key, string Message, TimeSpan Time)>(m =>
            {
                switch (m.What)
                {
                    case "single":
                        Timers.StartSingleTimer(m.Key, m.Message, m.Time);
                        break;
                    case "periodic":
                        Timers.StartPeriodicTimer(m.Key, m.Message, m.Time);
                        break;
                    case "cancel":
                        Timers.Cancel(m.Key);
                        break;
                    default:
                        to.Tell(Timers.IsTimerActive(m.Key));
                        break;
                }
            });
            Receive<string>(s => s == "crash", _ => throw new InvalidOperationException("crash"));
            Receive<string>(s => to.Tell(s));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
