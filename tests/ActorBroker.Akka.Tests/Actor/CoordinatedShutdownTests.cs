using System.Collections.Concurrent;
using ActorBroker.Akka.Tests.Actor.Support;
using Akka;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Akka.Tests.Actor;

public sealed class CoordinatedShutdownTests() : ActorTest("""
    akka.coordinated-shutdown.phases {
      service-stop { timeout = 100ms }
      strict { depends-on = [service-stop], recover = off, timeout = 5s }
      before-cluster-shutdown { depends-on = [strict] }
    }
    """)
{
    private readonly ConcurrentQueue<string> _order = new();

    private CoordinatedShutdown Shutdown => CoordinatedShutdown.Get(System);

    [Fact]
    public async Task Phases_run_in_order_and_the_last_ends_the_system()
    {
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "last");
        Add(CoordinatedShutdown.PhaseServiceStop, "stop");
        Add(CoordinatedShutdown.PhaseBeforeServiceUnbind, "first");
        Add(CoordinatedShutdown.PhaseServiceUnbind, "unbind");
        await Shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance, null).WaitAsync(Patience);
        Assert.Equal(["first", "unbind", "stop", "last"], _order);
        Assert.True(System.WhenTerminated.IsCompleted);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, Shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Terminate_runs_it()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "stop");
        await System.Terminate().WaitAsync(Patience);
        Assert.Equal(["stop"], _order);
        Assert.Same(CoordinatedShutdown.ActorSystemTerminateReason.Instance, Shutdown.ShutdownReason);
    }

    [Fact]
    public async Task It_runs_once_for_its_first_reason()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "stop");
        Assert.Null(Shutdown.ShutdownReason);
        var first = Shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, null);
        var second = Shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance, null);
        await Task.WhenAll(first, second).WaitAsync(Patience);
        Assert.Equal(["stop"], _order);
        Assert.Same(CoordinatedShutdown.UnknownReason.Instance, Shutdown.ShutdownReason);
    }

    [Fact]
    public async Task It_can_begin_with_a_later_phase()
    {
        Add(CoordinatedShutdown.PhaseBeforeServiceUnbind, "skipped");
        Add(CoordinatedShutdown.PhaseClusterShutdown, "run");
        await Shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseClusterShutdown).WaitAsync(Patience);
        Assert.Equal(["run"], _order);
    }

    [Fact]
    public async Task A_phase_that_recovers_goes_on_after_failure_and_timeout()
    {
        Shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "fails", () => throw new InvalidOperationException("no"));
        Shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceUnbind, "faults", () => Task.FromException<Done>(new InvalidOperationException("no")));
        Shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "hangs", () => new TaskCompletionSource<Done>().Task);
        Add(CoordinatedShutdown.PhaseBeforeClusterShutdown, "after");
        await Shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, null).WaitAsync(Patience);
        Assert.Equal(["after"], _order);
    }

    [Fact]
    public async Task A_phase_that_does_not_recover_ends_the_run_with_its_failure()
    {
        using var other = ActorSystem.Create("other", ConfigurationFactory.ParseString("""
            akka { loglevel = OFF, stdout-loglevel = OFF }
            akka.coordinated-shutdown { run-by-actor-system-terminate = off, phases.service-stop.recover = off }
            """));
        var shutdown = CoordinatedShutdown.Get(other);
        shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceStop, "fails", () => Task.FromException<Done>(new InvalidOperationException("no")));
        await Assert.ThrowsAnyAsync<Exception>(() => shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, null).WaitAsync(Patience));
        Assert.False(other.WhenTerminated.IsCompleted);
        await other.Terminate().WaitAsync(Patience);
    }

    [Fact]
    public void Phases_have_timeouts_and_must_be_known()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), Shutdown.Timeout(CoordinatedShutdown.PhaseActorSystemTerminate));
        Assert.Equal(TimeSpan.FromSeconds(5), Shutdown.Timeout(CoordinatedShutdown.PhaseServiceUnbind));
        Assert.ThrowsAny<Exception>(() => Shutdown.AddTask("unknown", "x", () => Task.FromResult(Done.Instance)));
    }

    private void Add(string phase, string name) => Shutdown.AddTask(phase, name, () =>
    {
        _order.Enqueue(name);
        return Task.FromResult(Done.Instance);
    });
}
