using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>
/// <c>/system/cluster/core/daemon</c>: carries messages and time to the <see cref="MembershipMachine"/> and does what it wants done.
/// Before that it finds the way into a cluster: nothing is asked of the machine until this node has joined itself or was welcomed.
/// </summary>
internal sealed class ClusterCoreDaemon : UntypedActor
{
    /// <summary>Nodes whose question came too early and that are told when this one is in.</summary>
    private const int AskersMax = 64;

    private readonly Cluster _cluster;
    private readonly ClusterSettings _settings;
    private readonly IActorRef _publisher;
    private readonly MembershipMachine _machine;
    private readonly CoordinatedShutdown _shutdown = CoordinatedShutdown.Get(Context.System);
    private readonly TaskCompletionSource<Done> _selfExiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<IActorRef> _askers = [];
    private readonly Cancelable _ticks;
    private ImmutableList<Address> _seedNodes;
    private IActorRef? _seedProcess;
    private int _seedProcesses;
    private Address? _joiningWith;
    private long _joinStarted;
    private long? _seedsStarted;
    private volatile bool _isMember;

    public ClusterCoreDaemon(Cluster cluster, IActorRef publisher)
    {
        _cluster = cluster;
        _settings = cluster.Settings;
        _publisher = publisher;
        _seedNodes = _settings.SeedNodes;
        _machine = new MembershipMachine(
            cluster.SelfUniqueAddress,
            MembershipRules.From(_settings),
            new Random(),
            () => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        _ticks = new Cancelable(Context.System.Scheduler);
        Repeat(_settings.GossipInterval, GossipTick.Instance);
        Repeat(_settings.UnreachableNodesReaperInterval, ReapUnreachableTick.Instance);
        Repeat(_settings.LeaderActionsInterval, LeaderActionsTick.Instance);
        AddShutdownTasks();
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(QuarantinedEvent));
        if (_cluster.DowningProvider.DowningActorProps is { } downing)
            Context.ActorOf(downing.DispatcherId is null ? _cluster.Local(downing) : downing, "downingProvider");
        if (_seedNodes.IsEmpty)
            _cluster.Log.Info("No seed-nodes configured, manual cluster join required");
        else
            Self.Tell(new JoinSeedNodes(_seedNodes), Self);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _ticks.Cancel();
        _selfExiting.TrySetResult(Done.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ISubscriptionCommand:
                _publisher.Forward(message);
                break;
            case ExitingCompleted:
                _machine.ExitingCompleted();
                Carry();
                Sender.Tell(Done.Instance, Self);
                break;
            case IClusterTick tick when !_isMember:
                CheckDeadlines(tick);
                break;
            case InitJoin:
                AnswerInitJoin();
                break;
            case JoinTo or JoinSeedNodes when _isMember:
                _cluster.Log.Info("Trying to join when already part of a cluster, ignoring");
                break;
            case JoinTo to:
                JoinWith(to.Address);
                break;
            case JoinSeedNodes seeds:
                _seedsStarted = Stopwatch.GetTimestamp();
                JoinSeeds(seeds.SeedNodes);
                break;
            case Welcome welcome when !_isMember:
                BeWelcome(welcome);
                break;
            case QuarantinedEvent quarantined when _isMember:
                _machine.Quarantined(new UniqueAddress(quarantined.Address, quarantined.Uid));
                Carry();
                break;
            case GossipEnvelope envelope when IsTooOld(envelope):
                break;
            case IClusterMessage or IClusterCommand when _isMember:
                AsMember(message);
                Carry();
                break;
            case IDeadLetterSuppression or QuarantinedEvent:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void AsMember(object message)
    {
        switch (message)
        {
            case GossipEnvelope envelope:
                _machine.Receive(envelope);
                if (_settings.VerboseGossipReceivedLogging)
                    _cluster.Log.Debug($"Received gossip from [{envelope.From}], now {_machine.State.Gossip}");
                break;
            case GossipStatus status:
                _machine.Receive(status);
                break;
            case GossipTick:
                _machine.GossipTick();
                ScheduleSpeedup();
                break;
            case GossipSpeedupTick when _machine.NeedsSpeedup:
                _machine.GossipTick();
                break;
            case LeaderActionsTick:
                _machine.LeaderTick();
                break;
            case ReapUnreachableTick:
                _machine.Reap(_cluster.FailureDetector.IsAvailable);
                break;
            case Join join:
                _machine.Join(join);
                break;
            case LeaveMember leave:
                _machine.Leave(leave.Address);
                break;
            case DownMember down:
                _machine.Down(down.Address);
                break;
            case ExitingConfirmed confirmed:
                _machine.ExitingConfirmed(confirmed.Node);
                break;
        }
    }

    private void Carry()
    {
        foreach (var effect in _machine.TakeEffects())
        {
            switch (effect)
            {
                case ClusterEffect.Send send:
                    Core(send.To.Address).Tell(send.Message, Self);
                    break;
                case ClusterEffect.Publish:
                    _publisher.Tell(effect, Self);
                    break;
                case ClusterEffect.ForgetHeartbeats forget:
                    _cluster.FailureDetector.Remove(forget.Address);
                    break;
                case ClusterEffect.Log line:
                    _cluster.Log.Write(line.Level, line.Text);
                    break;
                case ClusterEffect.BeginExiting:
                    _selfExiting.TrySetResult(Done.Instance);
                    _shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
                    break;
                case ClusterEffect.ShutDown:
                    _cluster.Shutdown();
                    break;
            }
        }
    }

    private void AnswerInitJoin()
    {
        if (_machine.AcceptsJoins)
        {
            Sender.Tell(new InitJoinAck(_cluster.SelfAddress), Self);
            return;
        }
        Sender.Tell(new InitJoinNack(_cluster.SelfAddress), Self);
        if (!_isMember && _askers.Count < AskersMax)
            _askers.Add(Sender);
    }

    private void JoinSeeds(ImmutableList<Address> seeds)
    {
        if (seeds.IsEmpty)
            return;
        StopSeedProcess();
        _joiningWith = null;
        _seedNodes = seeds;
        if (seeds.Count == 1 && seeds[0].Equals(_cluster.SelfAddress))
        {
            JoinWith(_cluster.SelfAddress);
            return;
        }
        _seedProcesses++;
        _seedProcess = seeds[0].Equals(_cluster.SelfAddress)
            ? Context.ActorOf(
                _cluster.Local(Props.Create(() => new FirstSeedNodeProcess(_cluster, seeds))), $"firstSeedNodeProcess-{_seedProcesses}")
            : Context.ActorOf(
                _cluster.Local(Props.Create(() => new JoinSeedNodeProcess(_cluster, seeds))), $"joinSeedNodeProcess-{_seedProcesses}");
    }

    private void JoinWith(Address address)
    {
        var self = _cluster.SelfUniqueAddress;
        if (address.Protocol != self.Address.Protocol || address.System != self.Address.System)
        {
            _cluster.Log.Warning($"Trying to join member with wrong protocol or actor system name, but was ignored: [{address}]");
            return;
        }
        StopSeedProcess();
        if (address.Equals(self.Address))
        {
            _machine.JoinSelf();
            BecomeMember();
            return;
        }
        _joiningWith = address;
        _joinStarted = Stopwatch.GetTimestamp();
        Core(address).Tell(new Join(self, _cluster.SelfRoles, _settings.AppVersion), Self);
    }

    private void BeWelcome(Welcome welcome)
    {
        if (!welcome.From.Address.Equals(_joiningWith) || !welcome.Gossip.HasMember(_cluster.SelfUniqueAddress))
        {
            _cluster.Log.Info($"Ignoring welcome from [{welcome.From.Address}] when trying to join with [{_joiningWith}]");
            return;
        }
        StopSeedProcess();
        _machine.Welcome(welcome);
        BecomeMember();
    }

    private void BecomeMember()
    {
        _isMember = true;
        _joiningWith = null;
        Context.ActorOf(_cluster.Local(Props.Create(() => new ClusterHeartbeatSender(_cluster))), "heartbeatSender");
        Carry();
        foreach (var asker in _askers)
            asker.Tell(new InitJoinAck(_cluster.SelfAddress), Self);
        _askers.Clear();
    }

    /// <summary>Not in yet: has it taken too long?</summary>
    private void CheckDeadlines(IClusterTick tick)
    {
        if (tick is not GossipTick)
            return;
        if (_seedsStarted is { } started && Stopwatch.GetElapsedTime(started) > _settings.ShutdownAfterUnsuccessfulJoinSeedNodes)
        {
            _cluster.Log.Warning($"Joining of seed-nodes [{string.Join(", ", _seedNodes)}] was unsuccessful after configured "
                + "shutdown-after-unsuccessful-join-seed-nodes. Running CoordinatedShutdown.");
            _seedsStarted = null;
            _shutdown.Run(CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance);
        }
        else if (_joiningWith is { } address && Stopwatch.GetElapsedTime(_joinStarted) > _settings.RetryUnsuccessfulJoinAfter)
        {
            if (_seedNodes.IsEmpty)
                JoinWith(address);
            else
                JoinSeeds(_seedNodes);
        }
    }

    private bool IsTooOld(GossipEnvelope envelope) =>
        envelope.ReceivedMs != 0 && Environment.TickCount64 - envelope.ReceivedMs > _settings.GossipTimeToLive.TotalMilliseconds;

    private void ScheduleSpeedup()
    {
        if (!_machine.NeedsSpeedup)
            return;
        var scheduler = Context.System.Scheduler;
        scheduler.ScheduleTellOnce(_settings.GossipInterval / 3, Self, GossipSpeedupTick.Instance, Self);
        scheduler.ScheduleTellOnce(_settings.GossipInterval * 2 / 3, Self, GossipSpeedupTick.Instance, Self);
    }

    private void StopSeedProcess()
    {
        if (_seedProcess is not null)
            Context.Stop(_seedProcess);
        _seedProcess = null;
    }

    private ActorSelection Core(Address address) => Context.ActorSelection(new RootActorPath(address) / Self.Path.Elements);

    private void Repeat(TimeSpan interval, IClusterTick tick)
    {
        var delay = interval > _settings.PeriodicTasksInitialDelay ? interval : _settings.PeriodicTasksInitialDelay;
        Context.System.Scheduler.ScheduleTellRepeatedly(delay, interval, Self, tick, Self, _ticks);
    }

    private void AddShutdownTasks()
    {
        var self = Self;
        _shutdown.AddTask(CoordinatedShutdown.PhaseClusterExiting, "wait-exiting", () =>
            _isMember ? _selfExiting.Task : Task.FromResult(Done.Instance));
        _shutdown.AddTask(CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", () =>
            _cluster.IsTerminated || _cluster.SelfMember.Status == MemberStatus.Down
                ? Task.FromResult(Done.Instance)
                : self.Ask<Done>(ExitingCompleted.Instance, _shutdown.Timeout(CoordinatedShutdown.PhaseClusterExitingDone)));
    }
}
