using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Keeps this node's registration what it should be while the node runs. When the metadata say that it is fenced although it serves (it was
/// taken for dead, or a new controller had not heard of it), it asks to be unfenced; when its registration is missing in a new term, it
/// registers again; when another process has registered under its id, it says so once and does nothing more: that one is the node now.
/// One request at a time; what fails is tried again at the next image or tick.
/// </summary>
internal sealed class NodePresenceActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    private readonly NodeRegistration _registration;
    private readonly Action _replaced;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private MetadataImage _image = MetadataImage.Empty;
    private int _registeredTerm;
    private bool _isAsking;
    private bool _isReplaced;

    public NodePresenceActor(NodeRegistration registration, Action replaced)
    {
        _registration = registration;
        _replaced = replaced;
        Receive<PresenceImage>(published =>
        {
            _image = published.Image;
            Look();
        });
        Receive<LookAgain>(_ => Look());
        Receive<PresenceAnswer>(answer =>
        {
            _isAsking = false;
            if (!answer.Error.IsNone) _log.Info("The controller answers {0} to this node: {1}", answer.Error.Code, answer.Error.Text);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="registration">Has registered this node already.</param>
    /// <param name="replaced">Called once when another process has taken the node's id.</param>
    public static Props PropsFor(NodeRegistration registration, Action replaced) =>
        Props.Create(() => new NodePresenceActor(registration, replaced));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("look", LookAgain.Instance, RetryInterval);
        base.PreStart();
    }

    private void Look()
    {
        if (_isAsking || _isReplaced || _image.Offset < 0) return;
        switch (_registration.Compare(_image))
        {
            case PresenceGap.Missing when _image.ControllerEpoch > _registeredTerm:
                _registeredTerm = _image.ControllerEpoch;
                _log.Warning("This node is not registered any more; it registers again.");
                Ask(_registration.RegisterAgainAsync(CancellationToken.None));
                break;
            case PresenceGap.Fenced:
                Ask(_registration.OpenAsync(CancellationToken.None));
                break;
            case PresenceGap.Replaced:
                _isReplaced = true;
                _log.Error("Another process has registered as this node; this one is out of the cluster.");
                _replaced();
                break;
            default:
                break;
        }
    }

    private void Ask(Task<KafkaError> request)
    {
        _isAsking = true;
        request.PipeTo(Self, Self, error => new PresenceAnswer(error),
            failure => new PresenceAnswer(new KafkaError(ErrorCode.UnknownServerError, failure.Message)));
    }

    private sealed record PresenceAnswer(KafkaError Error) : INoSerializationVerificationNeeded;

    private sealed class LookAgain : INoSerializationVerificationNeeded
    {
        public static readonly LookAgain Instance = new();
    }
}

/// <summary>The node's image has moved.</summary>
internal sealed record PresenceImage(MetadataImage Image) : INoSerializationVerificationNeeded;
