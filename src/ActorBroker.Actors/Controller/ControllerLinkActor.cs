using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Carries this node's commands to the controller and the answers back. A command waits here, unsent, until a controller is known, so that
/// without one it is refused and was certainly not carried out. When the controller is lost with a command, the command is sent again to the
/// next one if carrying it out twice does no harm; any other ends with an unknown outcome. Nothing is ever sent twice silently.
/// </summary>
internal sealed class ControllerLinkActor : ReceiveActor, IWithTimers
{
    public const string Name = "controller-link";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static readonly KafkaError NoController =
        new(ErrorCode.NotController, "There is no controller at the moment; the command was not carried out.");

    private static readonly KafkaError ControllerGone =
        new(ErrorCode.RequestTimedOut, "The controller was lost; it is unknown whether the command was carried out.");

    private static readonly KafkaError TimedOut =
        new(ErrorCode.RequestTimedOut, "The controller did not answer in time; it is unknown whether the command was carried out.");

    private readonly SortedDictionary<long, LinkedCommand> _waiting = [];
    private IActorRef? _gate;
    private long _lastCorrelation;

    public ControllerLinkActor()
    {
        Receive<SubmitCommand>(submit => Submit(submit.Command));
        Receive<ControllerResponse>(Settle);
        Receive<ControllerFound>(found => Find(found.Gate));
        Receive<ControllerLost>(lost =>
        {
            if (lost.Gate.Equals(_gate)) Lose();
        });
        Receive<LookAtLimits>(_ => Expire());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor() => Props.Create(() => new ControllerLinkActor());

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("limits", LookAtLimits.Instance, Tick);
        base.PreStart();
    }

    protected override void PostStop()
    {
        foreach (var command in _waiting.Values) command.Fail(command.IsSent ? ControllerGone : NoController);
        _waiting.Clear();
        base.PostStop();
    }

    private void Submit(LinkedCommand command)
    {
        var correlation = ++_lastCorrelation;
        _waiting.Add(correlation, command);
        if (_gate is not null) Send(_gate, correlation, command);
    }

    private void Send(IActorRef gate, long correlation, LinkedCommand command)
    {
        command.IsSent = true;
        var limitMs = (int)Math.Clamp(command.Left.TotalMilliseconds, 1, int.MaxValue);
        gate.Tell(new ControllerRequest(correlation, limitMs, command.Command), Self);
    }

    private void Settle(ControllerResponse response)
    {
        if (_waiting.Remove(response.Correlation, out var command)) command.Settle(response);
    }

    private void Find(IActorRef gate)
    {
        if (gate.Equals(_gate)) return;
        Lose();
        _gate = gate;
        foreach (var (correlation, command) in _waiting) Send(gate, correlation, command);
    }

    /// <summary>What was sent to the controller that is gone: wait for the next one, or say that nobody knows.</summary>
    private void Lose()
    {
        _gate = null;
        foreach (var (correlation, command) in _waiting.Where(pair => pair.Value.IsSent && !pair.Value.Command.IsRepeatable).ToArray())
        {
            _waiting.Remove(correlation);
            command.Fail(ControllerGone);
        }
    }

    private void Expire()
    {
        foreach (var (correlation, command) in _waiting.Where(pair => pair.Value.IsAbandoned || pair.Value.Left <= TimeSpan.Zero).ToArray())
        {
            _waiting.Remove(correlation);
            command.Fail(command.IsSent ? TimedOut : NoController);
        }
    }

    private sealed class LookAtLimits : INoSerializationVerificationNeeded
    {
        public static readonly LookAtLimits Instance = new();
    }
}
