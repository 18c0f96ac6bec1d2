using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using static Akka.Cluster.ClusterEvent;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>
/// Runs on every node of a role, at the same path, and hosts one singleton actor among them all: as its child on the oldest node.
/// What happens when is <see cref="SingletonMachine"/>'s; here are messages, timers and the child. A singleton that fails is
/// restarted; one that stops stays stopped until the next hand-over.
/// </summary>
public sealed class ClusterSingletonManager : ReceiveActor, IWithTimers
{
    private readonly Props _singletonProps;
    private readonly object _terminationMessage;
    private readonly ClusterSingletonManagerSettings _settings;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly TaskCompletionSource<Done> _exitReleased = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _removalMargin;
    private readonly SingletonMachine _machine;
    private IActorRef? _singleton;

    public ClusterSingletonManager(Props singletonProps, object terminationMessage, ClusterSingletonManagerSettings settings)
    {
        SingletonReference.Install((ExtendedActorSystem)Context.System);
        if (settings.Role is { } role && !_cluster.SelfRoles.Contains(role))
            throw new ArgumentException($"This cluster member [{_cluster.SelfAddress}] does not have the role [{role}]", nameof(settings));
        _singletonProps = singletonProps;
        _terminationMessage = terminationMessage;
        _settings = settings;
        _removalMargin = settings.RemovalMargin > TimeSpan.Zero ? settings.RemovalMargin : _cluster.DowningProvider.DownRemovalMargin;
        var minRetries = Context.System.Settings.Config.GetInt("akka.cluster.singleton.min-number-of-hand-over-retries");
        if (minRetries < 1)
            throw new ConfigurationException("akka.cluster.singleton.min-number-of-hand-over-retries must be >= 1");
        var retriesInMargin = (int)(_removalMargin / settings.HandOverRetryInterval);
        _machine = new SingletonMachine(new Host(this, Context), Math.Max(minRetries, retriesInMargin + 3));
        AddShutdownTasks();
        HandleMembership();
        HandlePeers();
        HandleOwn();
    }

    ITimerScheduler IWithTimers.Timers { get; set; } = null!;

    private ITimerScheduler Timers => ((IWithTimers)this).Timers;

    /// <summary>The reference configuration.</summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource<ClusterSingletonManager>("Akka.Cluster.Tools.Singleton.singleton.conf");

    /// <summary>With <see cref="PoisonPill"/> as the termination message.</summary>
    public static Props Props(Props singletonProps, ClusterSingletonManagerSettings settings) =>
        Props(singletonProps, PoisonPill.Instance, settings);

    /// <param name="singletonProps">Recipe of the singleton.</param>
    /// <param name="terminationMessage">Sent to the singleton before a hand-over; it must stop itself then.</param>
    /// <param name="settings">Name, role and intervals.</param>
    public static Props Props(Props singletonProps, object terminationMessage, ClusterSingletonManagerSettings settings) =>
        Actor.Props.Create(() => new ClusterSingletonManager(singletonProps, terminationMessage, settings))
            .WithDispatcher(Dispatchers.InternalDispatcherId);

    protected override void PreStart()
    {
        if (_cluster.IsTerminated)
            throw new ActorInitializationException("Cluster node must not be terminated");
        Timers.StartPeriodicTimer(ForgetRemoved.Instance, ForgetRemoved.Instance, TimeSpan.FromMinutes(1));
        var self = Self;
        _cluster.RegisterOnMemberUp(() => self.Tell(SelfUp.Instance, ActorRefs.NoSender));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _exitReleased.TrySetResult(Done.Instance);
        base.PostStop();
    }

    private void HandleMembership()
    {
        // Subscribed when this node is up: the snapshot then has every member that is older.
        Receive<SelfUp>(_ => _cluster.Subscribe(Self, SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(IMemberEvent)));
        Receive<CurrentClusterState>(state => _machine.Begin(state.Members.Where(IsCandidate).Select(Candidate)));
        Receive<MemberUp>(e => _machine.MemberUp(Candidate(e.Member)), e => IsCandidate(e.Member));
        Receive<MemberExited>(e => _machine.MemberExited(e.Member.UniqueAddress));
        Receive<MemberDowned>(e => _machine.MemberDowned(e.Member.UniqueAddress));
        Receive<MemberRemoved>(e => _machine.MemberRemoved(e.Member.UniqueAddress));
        Receive<IMemberEvent>(_ => { });
    }

    private void HandlePeers()
    {
        Receive<HandOverToMe>(_ => _machine.HandOverToMe(Sender.Path.Address));
        Receive<HandOverInProgress>(_ => _machine.HandOverInProgress(Sender.Path.Address));
        Receive<HandOverDone>(_ => _machine.HandOverDone(Sender.Path.Address));
        Receive<TakeOverFromMe>(_ => _machine.TakeOverFromMe(Sender.Path.Address));
    }

    private void HandleOwn()
    {
        Receive<HandOverTick>(tick => _machine.Tick(tick.Timer, tick.Count));
        Receive<RemovalMarginPassed>(passed => _machine.RemovalMarginPassed(passed.Node));
        Receive<ForgetRemoved>(_ => _machine.ForgetRemoved());
        Receive<SelfExiting>(_ =>
        {
            _log.Info("[{0}] exits from the cluster", _cluster.SelfAddress);
            _machine.SelfExiting();
            Sender.Tell(Done.Instance, Self);
        });
        Receive<Terminated>(terminated =>
        {
            if (!terminated.ActorRef.Equals(_singleton))
                return;
            _log.Info("Singleton actor [{0}] has stopped", _singleton.Path);
            _singleton = null;
            _machine.SingletonStopped();
        });
    }

    private void AddShutdownTasks()
    {
        var shutdown = CoordinatedShutdown.Get(Context.System);
        var cluster = _cluster;
        var self = Self;
        var released = _exitReleased.Task;
        shutdown.AddTask(
            CoordinatedShutdown.PhaseClusterExiting,
            "wait-singleton-exiting",
            () => HasLeft(cluster) ? Task.FromResult(Done.Instance) : released);
        shutdown.AddTask(
            CoordinatedShutdown.PhaseClusterExiting,
            "singleton-exiting",
            async () =>
            {
                // The wait for the exit ends when the manager has stopped, so an answer that never comes is no reason to wait.
                if (!HasLeft(cluster) && !released.IsCompleted)
                    await Task.WhenAny(self.Ask(SelfExiting.Instance), released).ConfigureAwait(false);
                return Done.Instance;
            });
    }

    private static bool HasLeft(Cluster cluster) => cluster.IsTerminated || cluster.SelfMember.Status == MemberStatus.Down;

    private static SingletonCandidate Candidate(Member member) => new(member.UniqueAddress, member.UpNumber, member.Status);

    private bool IsCandidate(Member member) => _settings.Role is not { } role || member.HasRole(role);

    /// <summary>The machine's hands. Used on this actor's thread only.</summary>
    private sealed class Host(ClusterSingletonManager manager, IActorContext context) : ISingletonHost
    {
        public UniqueAddress Self => manager._cluster.SelfUniqueAddress;

        public bool IsClusterTerminated => manager._cluster.IsTerminated;

        public MemberStatus SelfStatus => manager._cluster.SelfMember.Status;

        public UniqueAddress? MemberAt(Address address) =>
            manager._cluster.State.Members.FirstOrDefault(m => m.Address.Equals(address))?.UniqueAddress;

        public void StartSingleton()
        {
            manager._singleton = context.Watch(context.ActorOf(manager._singletonProps, manager._settings.SingletonName));
            manager._log.Info("Singleton manager started singleton actor [{0}]", manager._singleton.Path);
        }

        public void TerminateSingleton()
        {
            manager._log.Info("Singleton manager stops singleton actor [{0}]", manager._singleton!.Path);
            manager._singleton.Tell(manager._terminationMessage, context.Self);
        }

        public void Send(Address peer, IClusterSingletonMessage message)
        {
            manager._log.Debug("Sending [{0}] to [{1}]", message.GetType().Name, peer);
            context.ActorSelection(context.Self.Path.ToStringWithAddress(peer)).Tell(message, context.Self);
        }

        public void StartTimer(SingletonTimer timer, int count) =>
            manager.Timers.StartSingleTimer(timer, new HandOverTick(timer, count), manager._settings.HandOverRetryInterval);

        public void CancelTimer(SingletonTimer timer) => manager.Timers.Cancel(timer);

        public void AwaitRemovalMargin(UniqueAddress node)
        {
            var passed = new RemovalMarginPassed(node);
            if (manager._removalMargin > TimeSpan.Zero)
                manager.Timers.StartSingleTimer(passed, passed, manager._removalMargin);
            else
                context.Self.Tell(passed, context.Self);
        }

        public void ReleaseExit() => manager._exitReleased.TrySetResult(Done.Instance);

        public void StopManager() => context.Stop(context.Self);

        public void PhaseChanged(SingletonPhase from, SingletonPhase to) =>
            manager._log.Info("Singleton manager [{0}] goes from {1} to {2}", context.Self.Path.ToStringWithoutAddress(), from, to);
    }
}
