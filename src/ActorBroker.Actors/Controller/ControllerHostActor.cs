using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Runs the controller and starts it anew, with growing pauses, when it ended: a controller that lost its journal must not go on with what
/// it believes, and one that crashed on a command must not take the node with it.
/// </summary>
public sealed class ControllerHostActor : ReceiveActor, IWithTimers
{
    private readonly ControllerSettings _settings;
    private readonly BrokerConfig _config;
    private readonly ControllerInbox _inbox;
    private readonly IMetadataSink _sink;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private int _backoffMs;
    private long _startedOffset;

    public ControllerHostActor(ControllerSettings settings, BrokerConfig config, ControllerInbox inbox, IMetadataSink sink)
    {
        _settings = settings;
        _config = config;
        _inbox = inbox;
        _sink = sink;
        _backoffMs = settings.RestartBackoffMs;
        Receive<Terminated>(_ => StartLater());
        Receive<StartController>(_ => Start());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ControllerSettings settings, BrokerConfig config, ControllerInbox inbox, IMetadataSink sink) =>
        Props.Create(() => new ControllerHostActor(settings, config, inbox, sink));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart() => Start();

    private void Start()
    {
        _startedOffset = _sink.CommittedOffset;
        var machine = () => new ControllerMachine(new ControllerState(_config));
        Context.Watch(Context.ActorOf(ControllerActor.PropsFor(_settings, machine, _inbox, _sink)));
    }

    private void StartLater()
    {
        var madeProgress = _sink.CommittedOffset > _startedOffset;
        _backoffMs = madeProgress ? _settings.RestartBackoffMs : Math.Min(_backoffMs * 2, _settings.RestartBackoffMaxMs);
        _log.Error("The controller has ended; it is started again in {0} ms.", _backoffMs);
        Timers.StartSingleTimer("start", StartController.Instance, TimeSpan.FromMilliseconds(_backoffMs));
    }

    private sealed class StartController : INoSerializationVerificationNeeded
    {
        public static readonly StartController Instance = new();
    }
}
