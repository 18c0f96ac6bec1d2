using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// Nodes in the order of their uids, which is a random one: each sends heartbeats to the next few, so that each is watched by as many
/// and not all by all. Unreachable ones among them are watched in addition: they do not reduce the number of live ones.
/// </summary>
internal sealed record HeartbeatRing(UniqueAddress Self, ImmutableHashSet<UniqueAddress> Nodes, ImmutableHashSet<UniqueAddress> Unreachable, int Size)
{
    private ImmutableHashSet<UniqueAddress>? _receivers;

    /// <summary>Whom this node sends heartbeats to.</summary>
    public ImmutableHashSet<UniqueAddress> Receivers => _receivers ??= ReceiversOf(Self);

    public HeartbeatRing With(UniqueAddress node) => Nodes.Contains(node) ? this : Renewed(Nodes.Add(node), Unreachable);

    public HeartbeatRing Without(UniqueAddress node) => Nodes.Contains(node) || Unreachable.Contains(node)
        ? Renewed(Nodes.Remove(node), Unreachable.Remove(node))
        : this;

    public HeartbeatRing WithUnreachable(UniqueAddress node) => Renewed(Nodes, Unreachable.Add(node));

    public HeartbeatRing WithReachable(UniqueAddress node) => Renewed(Nodes, Unreachable.Remove(node));

    public ImmutableHashSet<UniqueAddress> ReceiversOf(UniqueAddress sender)
    {
        if (Size >= Nodes.Count - 1)
            return Nodes.Remove(sender);
        var ring = Nodes.ToArray();
        Array.Sort(ring, CompareInRing);
        var start = Array.IndexOf(ring, sender);
        var receivers = ImmutableHashSet.CreateBuilder<UniqueAddress>();
        var reachable = 0;
        for (var i = 1; i < ring.Length && reachable < Size; i++)
        {
            var next = ring[(start + i) % ring.Length];
            if (!Unreachable.Contains(next))
                reachable++;
            else if (receivers.Count >= Size)
                continue;
            receivers.Add(next);
        }
        return receivers.ToImmutable();
    }

    private static int CompareInRing(UniqueAddress a, UniqueAddress b)
    {
        var byUid = a.Uid.CompareTo(b.Uid);
        return byUid != 0 ? byUid : Member.AddressOrdering.Compare(a.Address, b.Address);
    }

    private HeartbeatRing Renewed(ImmutableHashSet<UniqueAddress> nodes, ImmutableHashSet<UniqueAddress> unreachable) =>
        new(Self, nodes, unreachable, Size);
}
