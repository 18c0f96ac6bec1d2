using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>
/// Turns each new state into the events that lead there from the last one, and knows who wants which. When it ends, everybody is
/// removed for its subscribers.
/// </summary>
internal sealed class ClusterDomainEventPublisher : UntypedActor
{
    private readonly Cluster _cluster;
    private readonly EventStream _events = Context.System.EventStream;
    private MembershipState _state;

    public ClusterDomainEventPublisher(Cluster cluster)
    {
        _cluster = cluster;
        _state = Nothing;
    }

    private MembershipState Nothing => new(Gossip.Empty, _cluster.SelfUniqueAddress);

    protected override void PostStop()
    {
        _events.Publish(ClusterEvent.ClusterShuttingDown.Instance);
        Publish(Nothing);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEffect.Publish publish:
                Publish(publish.State);
                break;
            case Subscribe subscribe:
                Subscribe(subscribe);
                break;
            case Unsubscribe { To: null } unsubscribe:
                _events.Unsubscribe(unsubscribe.Subscriber);
                break;
            case Unsubscribe unsubscribe:
                _events.Unsubscribe(unsubscribe.Subscriber, unsubscribe.To);
                break;
            case SendCurrentClusterState send:
                send.Receiver.Tell(_cluster.State, Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static ClusterEvent.CurrentClusterState Snapshot(MembershipState state) => new(
        state.Members,
        [.. state.Gossip.Reachability.AllUnreachableOrTerminated.Where(n => n != state.Self).Select(state.Gossip.Member)],
        [.. state.Gossip.Seen.Select(n => n.Address)],
        state.Leader?.Address,
        state.Gossip.AllRoles.ToImmutableDictionary(r => r, r => state.RoleLeader(r)?.Address));

    private void Publish(MembershipState next)
    {
        var before = _state;
        _state = next;
        _cluster.PublishState(Snapshot(next));
        foreach (var change in StateChanges.Between(before, next))
        {
            if (_cluster.Settings.LogInfoVerbose)
                _cluster.Log.Info($"event {change}");
            _events.Publish(change);
        }
    }

    private void Subscribe(Subscribe subscribe)
    {
        var subscriber = subscribe.Subscriber;
        if (subscribe.Mode == ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot)
        {
            subscriber.Tell(_cluster.State, Self);
        }
        else
        {
            foreach (var change in StateChanges.Between(Nothing, _state).Where(c => subscribe.To.Any(t => t.IsInstanceOfType(c))))
                subscriber.Tell(change, Self);
        }
        foreach (var type in subscribe.To)
            _events.Subscribe(subscriber, type);
    }
}
