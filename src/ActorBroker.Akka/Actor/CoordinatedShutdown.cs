using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Ends a system in phases: each begins when those that it depends on are through, runs its tasks side by side, and ends with
/// the last of them or its timeout. A phase that recovers logs failures and goes on; another one's failure ends the run.
/// The last phase terminates the actor system.
/// </summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly ShutdownPhases _phases;
    private readonly Dictionary<string, List<(string Name, Func<Task<Done>> Run)>> _tasks = [];
    private readonly TaskCompletionSource<Done> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILoggingAdapter _log;
    private Reason? _reason;
    private volatile bool _processExits;

    internal CoordinatedShutdown(ExtendedActorSystem system)
    {
        System = system;
        _phases = ShutdownPhases.From(system.Settings.Config.GetConfig("akka.coordinated-shutdown")!);
        _log = Logging.GetLogger(system, this);
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Why it runs or ran; null before.</summary>
    public Reason? ShutdownReason => Volatile.Read(ref _reason);

    public TimeSpan TotalTimeout
    {
        get
        {
            lock (_tasks)
                return _tasks.Keys.Aggregate(TimeSpan.Zero, (sum, phase) => sum + Timeout(phase));
        }
    }

    public static CoordinatedShutdown Get(ActorSystem sys) => sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    public TimeSpan Timeout(string phase) => _phases[phase].Timeout;

    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        _ = _phases[phase];
        lock (_tasks)
        {
            if (!_tasks.TryGetValue(phase, out var tasks))
                _tasks[phase] = tasks = [];
            tasks.Add((taskName, task));
        }
    }

    /// <summary>Runs all phases, or those from one on; a second call gets the first one's task.</summary>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
            _ = RunPhases(fromPhase);
        return _done.Task;
    }

    internal void HookInto(ActorSystemImpl system)
    {
        var config = system.Settings.Config;
        var exitsProcess = config.GetBoolean("akka.coordinated-shutdown.exit-clr");
        if (system.Settings.CoordinatedShutdownTerminateActorSystem || exitsProcess)
            AddTask(PhaseActorSystemTerminate, "terminate-system", () => TerminateSystem(system, exitsProcess));
        if (!config.GetBoolean("akka.coordinated-shutdown.run-by-clr-shutdown-hook"))
            return;
        EventHandler hook = (_, _) => RunOnProcessExit(system);
        AppDomain.CurrentDomain.ProcessExit += hook;
        system.WhenTerminated.ContinueWith(_ => AppDomain.CurrentDomain.ProcessExit -= hook, TaskScheduler.Default);
    }

    private async Task<Done> TerminateSystem(ActorSystemImpl system, bool exitsProcess)
    {
        if (system.Settings.CoordinatedShutdownTerminateActorSystem)
        {
            system.FinalTerminate();
            await system.WhenTerminated.ConfigureAwait(false);
        }
        if (exitsProcess && !_processExits)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Environment.Exit(0), null);
        return Done.Instance;
    }

    private void RunOnProcessExit(ActorSystemImpl system)
    {
        _processExits = true;
        if (system.WhenTerminated.IsCompleted)
            return;
        try
        {
            Run(ClrExitReason.Instance).Wait(TotalTimeout);
        }
        catch (AggregateException e)
        {
            _log.Warning("CoordinatedShutdown from process exit failed: {0}", e.InnerException?.Message ?? e.Message);
        }
    }

    private async Task RunPhases(string? fromPhase)
    {
        // Away from the caller's thread, which may be an actor's.
        await Task.Yield();
        try
        {
            foreach (var phase in _phases.From(fromPhase))
                await RunPhase(phase).ConfigureAwait(false);
            _done.TrySetResult(Done.Instance);
        }
        catch (Exception e)
        {
            _done.TrySetException(e);
        }
    }

    private async Task RunPhase(ShutdownPhase phase)
    {
        (string Name, Func<Task<Done>> Run)[] tasks;
        lock (_tasks)
            tasks = _tasks.TryGetValue(phase.Name, out var found) ? [.. found] : [];
        if (tasks.Length == 0)
            return;
        _log.Debug("Performing phase [{0}] with [{1}] tasks", phase.Name, tasks.Length);
        try
        {
            await Task.WhenAll(tasks.Select(t => RunTask(phase, t.Name, t.Run))).WaitAsync(phase.Timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (phase.Recover)
        {
            _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase.Name, phase.Timeout);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Coordinated shutdown phase[{phase.Name}] timed out after {phase.Timeout}", e);
        }
    }

    private async Task RunTask(ShutdownPhase phase, string name, Func<Task<Done>> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (Exception e) when (phase.Recover)
        {
            _log.Warning("Task [{0}] failed in phase [{1}]: {2}", name, phase.Name, e.Message);
        }
    }

    /// <summary>Why the system ends.</summary>
    public class Reason
    {
        protected Reason()
        {
        }
    }

    public class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason()
        {
        }
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }

    public class ClusterDowningReason : Reason
    {
        public static readonly Reason Instance = new ClusterDowningReason();

        private ClusterDowningReason()
        {
        }
    }

    public class ClusterLeavingReason : Reason
    {
        public static readonly Reason Instance = new ClusterLeavingReason();

        private ClusterLeavingReason()
        {
        }
    }

    public class ClusterJoinUnsuccessfulReason : Reason
    {
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();

        private ClusterJoinUnsuccessfulReason()
        {
        }
    }
}
