using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

/// <summary>
/// The coordinator's singleton: starts the coordinator as its child, and again after a time when it has stopped because its journal
/// failed. The time doubles with each stop, up to a limit; a coordinator that has run for the shortest time begins anew.
/// Everything else is passed on to the child.
/// </summary>
internal sealed class CoordinatorSupervisor : UntypedActor, IWithTimers
{
    public const string ChildName = "coordinator";

    private const double RandomFactor = 0.2;

    private readonly Props _coordinator;
    private readonly TimeSpan _minBackoff;
    private readonly TimeSpan _maxBackoff;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _child;
    private int _stops;
    private bool _ending;

    public CoordinatorSupervisor(Props coordinator, TimeSpan minBackoff)
    {
        _coordinator = coordinator;
        _minBackoff = minBackoff;
        _maxBackoff = minBackoff * 5;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => StartChild();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartCoordinator:
                StartChild();
                break;
            case ForgetStops:
                _stops = 0;
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_child):
                _child = null;
                ChildEnded();
                break;
            case TerminateCoordinator:
                _ending = true;
                if (_child is null)
                    Context.Stop(Self);
                else
                    _child.Tell(message, Sender);
                break;
            default:
                (_child ?? Context.System.DeadLetters).Tell(message, Sender);
                break;
        }
    }

    private void StartChild()
    {
        _child = Context.Watch(Context.ActorOf(_coordinator, ChildName));
        Timers.StartSingleTimer(ForgetStops.Instance, ForgetStops.Instance, _minBackoff);
    }

    private void ChildEnded()
    {
        if (_ending)
        {
            Context.Stop(Self);
            return;
        }
        Timers.Cancel(ForgetStops.Instance);
        var exponential = _minBackoff * Math.Pow(2, Math.Min(_stops, 30));
        var backoff = (exponential < _maxBackoff ? exponential : _maxBackoff) * (1 + Random.Shared.NextDouble() * RandomFactor);
        _stops++;
        _log.Warning("The shard coordinator has stopped, it starts again in {0:F0} ms", backoff.TotalMilliseconds);
        Timers.StartSingleTimer(StartCoordinator.Instance, StartCoordinator.Instance, backoff);
    }

    private sealed record StartCoordinator : INoSerializationVerificationNeeded
    {
        public static readonly StartCoordinator Instance = new();
    }

    private sealed record ForgetStops : INoSerializationVerificationNeeded
    {
        public static readonly ForgetStops Instance = new();
    }
}
