using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Quorum;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Runs the controller and starts it anew, with growing pauses, when it ended: a controller that lost its journal must not go on with what
/// it believes, and one that crashed on a command must not take the node with it.
///
/// It hears at once when the node has lost the controller's log. After a change of the voters the next controller starts without a pause. One
/// that was replaced while it had nothing to write stands back for a while, unless a command comes: whoever took the ballot is the
/// controller, and taking it back would only fail the other's next write.
/// </summary>
public sealed class ControllerHostActor : ReceiveActor, IWithTimers
{
    private readonly ControllerSettings _settings;
    private readonly BrokerConfig _config;
    private readonly ControllerInbox _inbox;
    private readonly IMetadataSink _sink;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _controller = ActorRefs.Nobody;
    private Action<LogLoss>? _onLoss;
    private SteppedDown? _steppedDown;
    private int _backoffMs;
    private long _startedOffset;
    private long _standBackUntilMs;

    public ControllerHostActor(ControllerSettings settings, BrokerConfig config, ControllerInbox inbox, IMetadataSink sink)
    {
        _settings = settings;
        _config = config;
        _inbox = inbox;
        _sink = sink;
        _backoffMs = settings.RestartBackoffMs;
        Receive<Terminated>(_ => StartLater());
        Receive<StartController>(_ => StartInTurn());
        Receive<JournalLost>(lost => _controller.Tell(lost, Self));
        Receive<SteppedDown>(stepped => _steppedDown = stepped);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ControllerSettings settings, BrokerConfig config, ControllerInbox inbox, IMetadataSink sink) =>
        Props.Create(() => new ControllerHostActor(settings, config, inbox, sink));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        if (_settings.JournalPluginId == QuorumJournal.PluginId)
        {
            var self = Self;
            _onLoss = loss =>
            {
                if (loss.Log == ControllerActor.LogName) self.Tell(new JournalLost(loss.Reason), ActorRefs.NoSender);
            };
            QuorumAccess.Get(Context.System).LogLost += _onLoss;
        }

        Start();
    }

    protected override void PostStop()
    {
        if (_onLoss is not null) QuorumAccess.Get(Context.System).LogLost -= _onLoss;
        _inbox.TakeUnsettled()?.Fail(UnsettledCommands.OutcomeUnknown);
        base.PostStop();
    }

    private void Start()
    {
        _startedOffset = _sink.CommittedOffset;
        var machine = () => new ControllerMachine(new ControllerState(_config));
        _steppedDown = null;
        _controller = Context.Watch(Context.ActorOf(ControllerActor.PropsFor(_settings, machine, _inbox, _sink)));
    }

    private void StartLater()
    {
        _sink.Ended();
        var madeProgress = _sink.CommittedOffset > _startedOffset;
        _backoffMs = madeProgress ? _settings.RestartBackoffMs : Math.Min(_backoffMs * 2, _settings.RestartBackoffMaxMs);
        if (madeProgress && _steppedDown?.Reason is OwnerLoss.VotersChanged or OwnerLoss.VotersInDoubt)
        {
            _log.Info("The voters have changed; the controller takes its log up among the new ones.");
            Start();
            return;
        }

        if (_steppedDown is { IsIdle: true, Reason: OwnerLoss.LostBallot })
        {
            _standBackUntilMs = Environment.TickCount64 + _settings.StandBackMs;
            _log.Info("Another controller has taken the ballot; this one has stepped down.");
        }
        else
        {
            _log.Error("The controller has ended; it is started again in {0} ms.", _backoffMs);
        }

        Timers.StartSingleTimer("start", StartController.Instance, TimeSpan.FromMilliseconds(_backoffMs));
    }

    private void StartInTurn()
    {
        if (_inbox.HasWaiting || Environment.TickCount64 >= _standBackUntilMs) Start();
        else Timers.StartSingleTimer("start", StartController.Instance, TimeSpan.FromMilliseconds(_backoffMs));
    }

    private sealed class StartController : INoSerializationVerificationNeeded
    {
        public static readonly StartController Instance = new();
    }
}
