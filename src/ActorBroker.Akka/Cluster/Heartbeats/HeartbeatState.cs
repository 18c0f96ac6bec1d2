using System.Collections.Immutable;
using Akka.Actor;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>
/// Whom a node watches, as members come and go. A node that leaves its ring while it is unreachable stays watched until it answers:
/// nobody else would find out that it is back.
/// </summary>
internal sealed class HeartbeatState(HeartbeatRing ring, IFailureDetectorRegistry<Address> detector)
{
    private HeartbeatRing _ring = ring;
    private ImmutableHashSet<UniqueAddress> _formerUnreachable = [];
    private ImmutableHashSet<UniqueAddress>? _active;

    public ImmutableHashSet<UniqueAddress> Active => _active ??= _ring.Receivers.Union(_formerUnreachable);

    public void Start(IEnumerable<UniqueAddress> nodes, IEnumerable<UniqueAddress> unreachable)
    {
        _ring = new HeartbeatRing(_ring.Self, [.. nodes, _ring.Self], [.. unreachable], _ring.Size);
        _active = null;
    }

    public void Add(UniqueAddress node) => Change(_ring.With(node));

    public void Remove(UniqueAddress node)
    {
        Change(_ring.Without(node));
        detector.Remove(node.Address);
        _formerUnreachable = _formerUnreachable.Remove(node);
        _active = null;
    }

    public void Unreachable(UniqueAddress node) => Change(_ring.WithUnreachable(node));

    public void Reachable(UniqueAddress node) => Change(_ring.WithReachable(node));

    public void Answered(UniqueAddress node)
    {
        if (!Active.Contains(node))
            return;
        detector.Heartbeat(node.Address);
        if (!_formerUnreachable.Contains(node))
            return;
        _formerUnreachable = _formerUnreachable.Remove(node);
        _active = null;
        if (!_ring.Receivers.Contains(node))
            detector.Remove(node.Address);
    }

    private void Change(HeartbeatRing next)
    {
        if (ReferenceEquals(next, _ring))
            return;
        foreach (var node in _ring.Receivers.Except(next.Receivers))
        {
            if (detector.IsAvailable(node.Address))
                detector.Remove(node.Address);
            else
                _formerUnreachable = _formerUnreachable.Add(node);
        }
        _ring = next;
        _active = null;
    }
}
