using Akka.Actor;
using Akka.TestKit;

namespace ActorBroker.Akka.Tests.TestKit;

public class TestSchedulerTests() : global::Akka.TestKit.Xunit2.TestKit(
    "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_message_is_sent_when_its_time_has_come()
    {
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(10), TestActor, "late", ActorRefs.NoSender);
        Scheduler.Advance(TimeSpan.FromSeconds(9));
        Assert.False(HasMessages);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("late");
        Scheduler.Advance(TimeSpan.FromHours(1));
        Assert.False(HasMessages);
    }

    [Fact]
    public void A_repeated_message_comes_once_for_every_interval_that_is_stepped_through()
    {
        Scheduler.ScheduleTellRepeatedly(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), TestActor, "tick", ActorRefs.NoSender);
        Scheduler.Advance(TimeSpan.FromSeconds(5));
        ExpectMsg("tick");
        for (var i = 0; i < 3; i++)
        {
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            Assert.False(HasMessages);
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            ExpectMsg("tick");
        }
    }

    [Fact]
    public void A_cancelled_message_is_not_sent()
    {
        var cancelable = new Cancelable(Sys.Scheduler);
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), TestActor, "never", ActorRefs.NoSender, cancelable);
        cancelable.Cancel();
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        Assert.False(HasMessages);
    }

    [Fact]
    public void What_falls_due_comes_in_the_order_of_time()
    {
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(3), TestActor, 3, ActorRefs.NoSender);
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), TestActor, 1, ActorRefs.NoSender);
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(2), TestActor, 2, ActorRefs.NoSender);
        Scheduler.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([1, 2, 3], ReceiveN(3).Cast<int>());
    }

    [Fact]
    public void The_clock_is_that_of_the_test()
    {
        var before = Scheduler.Now;
        Scheduler.AdvanceTo(before + TimeSpan.FromDays(1));
        Assert.Equal(before + TimeSpan.FromDays(1), Scheduler.Now);
        Assert.Throws<InvalidOperationException>(() => Scheduler.AdvanceTo(before));
    }

    [Fact]
    public void The_timers_of_actors_follow_it()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Timed(TestActor)));
        actor.Tell("start");
        ExpectMsg("started");
        Scheduler.Advance(TimeSpan.FromMinutes(4));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        ExpectMsg("timer");
    }

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed(IActorRef probe)
        {
            Receive<string>(m =>
            {
                if (m == "start")
                    Timers.StartSingleTimer("key", "timer", TimeSpan.FromMinutes(5));
                probe.Tell(m == "start" ? "started" : m);
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
