using ActorBroker.Core.Metadata;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Pushes committed metadata to the nodes that follow it (<see cref="MetadataFeed"/>, <see cref="FollowerCursor"/>). It tells all registered
/// brokers when a term begins, so that they need not find the new controller themselves. Speaks in the name of the controller's gate.
/// </summary>
internal sealed class MetadataFeedActor : ReceiveActor
{
    private const long KeptBytes = 4 * 1024 * 1024;
    private const int Window = 16;

    private readonly IActorRef _gate;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly MetadataFeed _feed = new(KeptBytes);
    private readonly Dictionary<IActorRef, FollowerCursor> _followers = [];
    private bool _hasControl;

    public MetadataFeedActor(IActorRef gate)
    {
        _gate = gate;
        Receive<FeedBegun>(begun =>
        {
            _hasControl = false;
            _feed.Begin(begun.Image);
        });
        Receive<FeedCommitted>(Commit);
        Receive<MetadataPosition>(Report);
        Receive<Terminated>(ended => _followers.Remove(ended.ActorRef));
    }

    public static Props PropsFor(IActorRef gate) => Props.Create(() => new MetadataFeedActor(gate));

    private void Commit(FeedCommitted committed)
    {
        _feed.Append(committed.Batches, committed.Image);
        if (!_hasControl)
        {
            _hasControl = true;
            Announce();
        }
        foreach (var (follower, cursor) in _followers) Push(follower, cursor);
    }

    private void Report(MetadataPosition position)
    {
        if (!_followers.TryGetValue(Sender, out var cursor))
        {
            _followers[Sender] = cursor = new FollowerCursor(Window);
            Context.Watch(Sender);
            _log.Debug("Node {0} follows the metadata from {1}.", position.NodeId, position.Offset);
        }
        cursor.Report(position.Offset, position.IsPeriodic);
        if (!_hasControl) return;
        if (position.Offset > _feed.Image.Offset)
        {
            _log.Error("Node {0} has metadata up to {1}, this controller only up to {2}: the voters have lost what was committed.",
                position.NodeId, position.Offset, _feed.Image.Offset);
        }
        if (position.IsPeriodic) Sender.Tell(new ControllerAnnounced(_feed.Image.ControllerEpoch), _gate);
        Push(Sender, cursor);
    }

    private void Push(IActorRef follower, FollowerCursor cursor)
    {
        if (!_hasControl) return;
        while (cursor.Next(_feed) is { } push) follower.Tell(push, _gate);
    }

    private void Announce()
    {
        var announced = new ControllerAnnounced(_feed.Image.ControllerEpoch);
        foreach (var follower in _followers.Keys) follower.Tell(announced, _gate);
        var self = ((ExtendedActorSystem)Context.System).Provider.DefaultAddress;
        foreach (var broker in _feed.Image.Brokers.Values)
        {
            if (broker.Lanes is not { } lanes) continue;
            var address = new Address(self.Protocol, self.System, lanes.Host, lanes.ControlPort);
            Context.ActorSelection($"{address}/user/{MetadataFollowerActor.Name}").Tell(announced, _gate);
        }
    }
}
