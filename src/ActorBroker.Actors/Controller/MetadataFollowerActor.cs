using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Follows the metadata for this node (<see cref="MetadataFollowing"/>) and publishes every image. It reports its offset to the controller
/// after each push and once a second; the controller is found through the proxy of the singleton, and known directly from the moment that it
/// has announced itself, until it ends or falls silent.
/// </summary>
internal sealed class MetadataFollowerActor : ReceiveActor, IWithTimers
{
    public const string Name = "metadata";

    private const int MaxSilentReports = 3;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly FollowerSettings _settings;
    private readonly IActorRef _proxy;
    private readonly IActorRef _link;
    private readonly MetadataPublisher _publisher;
    private readonly MetadataFollowing _following;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _controller;
    private int _silentReports;

    public MetadataFollowerActor(FollowerSettings settings, IActorRef proxy, IActorRef link, MetadataPublisher publisher)
    {
        _settings = settings;
        _proxy = proxy;
        _link = link;
        _publisher = publisher;
        _following = new MetadataFollowing(publisher.Current);
        Receive<ReportNow>(_ => ReportAtInterval());
        Receive<ControllerAnnounced>(announced => Find(announced.Term));
        Receive<MetadataBatchesPush>(Take);
        Receive<MetadataSnapshotPush>(Take);
        Receive<Terminated>(ended =>
        {
            if (ended.ActorRef.Equals(_controller)) Lose();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(FollowerSettings settings, IActorRef proxy, IActorRef link, MetadataPublisher publisher) =>
        Props.Create(() => new MetadataFollowerActor(settings, proxy, link, publisher));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("report", ReportNow.Instance, TimeSpan.Zero, ReportInterval);
        base.PreStart();
    }

    private void ReportAtInterval()
    {
        if (_controller is not null && ++_silentReports > MaxSilentReports) Lose();
        (_controller ?? _proxy).Tell(Position(true), Self);
    }

    private void Find(int term)
    {
        if (!_following.Hear(term)) return;
        _silentReports = 0;
        if (Sender.Equals(_controller))
        {
            _link.Tell(new ControllerFound(term, Sender), Self);
            return;
        }
        if (_controller is not null) Context.Unwatch(_controller);
        _controller = Context.Watch(Sender);
        _link.Tell(new ControllerFound(term, Sender), Self);
        _log.Info("The controller is {0} under term {1}.", Sender.Path.Address, term);
        Sender.Tell(Position(true), Self);
    }

    private void Lose()
    {
        if (_controller is null) return;
        Context.Unwatch(_controller);
        _link.Tell(new ControllerLost(_controller), Self);
        _log.Info("The controller {0} is gone; the metadata stand at {1}.", _controller.Path.Address, _following.Image.Offset);
        _controller = null;
        _silentReports = 0;
    }

    private void Take(MetadataPush push)
    {
        try
        {
            if (_following.Accept(push)) _publisher.Publish(_following.Image);
        }
        catch (WireFormatException unreadable)
        {
            _log.Error(unreadable, "Metadata of term {0} up to {1} cannot be read by this release; this node stays at {2}.",
                push.Term, push.LastOffset, _following.Image.Offset);
            return;
        }
        Sender.Tell(Position(false), Self);
    }

    private MetadataPosition Position(bool isPeriodic) =>
        new(_settings.NodeId, _settings.Incarnation, _following.Image.Offset, isPeriodic);

    private sealed class ReportNow : INoSerializationVerificationNeeded
    {
        public static readonly ReportNow Instance = new();
    }
}

/// <summary>Who follows.</summary>
public sealed record FollowerSettings(int NodeId, long Incarnation);
