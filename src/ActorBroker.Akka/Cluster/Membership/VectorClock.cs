using System.Collections.Immutable;

namespace Akka.Cluster;

internal enum ClockOrder
{
    Same,
    Before,
    After,
    Concurrent,
}

/// <summary>
/// How many changes each node has made to a gossip. One clock is before another when no node's count in it is higher and some are
/// lower; when there are both, the two were changed without knowing of each other.
/// </summary>
internal sealed class VectorClock
{
    public static readonly VectorClock Zero = new(ImmutableDictionary<UniqueAddress, long>.Empty);

    private VectorClock(ImmutableDictionary<UniqueAddress, long> counts) => Counts = counts;

    public ImmutableDictionary<UniqueAddress, long> Counts { get; }

    public static VectorClock From(IEnumerable<KeyValuePair<UniqueAddress, long>> counts) => new(ImmutableDictionary.CreateRange(counts));

    public VectorClock Increment(UniqueAddress node) => new(Counts.SetItem(node, Counts.GetValueOrDefault(node) + 1));

    /// <summary>Without the nodes that are members no more: nobody would ever forget them otherwise.</summary>
    public VectorClock Without(IEnumerable<UniqueAddress> nodes)
    {
        var counts = Counts.RemoveRange(nodes);
        return ReferenceEquals(counts, Counts) ? this : new VectorClock(counts);
    }

    public VectorClock Merge(VectorClock that)
    {
        var counts = Counts.ToBuilder();
        foreach (var (node, count) in that.Counts)
        {
            if (count > counts.GetValueOrDefault(node))
                counts[node] = count;
        }
        return new VectorClock(counts.ToImmutable());
    }

    public ClockOrder CompareTo(VectorClock that)
    {
        if (ReferenceEquals(Counts, that.Counts))
            return ClockOrder.Same;
        var less = that.HasMoreThan(this);
        var more = HasMoreThan(that);
        return (less, more) switch
        {
            (true, true) => ClockOrder.Concurrent,
            (true, false) => ClockOrder.Before,
            (false, true) => ClockOrder.After,
            _ => ClockOrder.Same,
        };
    }

    public override string ToString() => $"VectorClock({string.Join(", ", Counts.Select(c => $"{c.Key.Address}#{c.Key.Uid}->{c.Value}"))})";

    private bool HasMoreThan(VectorClock that)
    {
        foreach (var (node, count) in Counts)
        {
            if (count > that.Counts.GetValueOrDefault(node))
                return true;
        }
        return false;
    }
}
