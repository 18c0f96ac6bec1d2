using System.Collections.Immutable;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Chooses the brokers of new partitions. Brokers stand in a ring that alternates between the racks; partition p leads at the p-th place
/// after the seed's, its followers stand at the next places, shifted by one more with every turn of the ring, so that the partitions of one
/// leader have different followers. A follower on a rack that has a replica already is passed over while there are racks without one.
/// Brokers that are up come first; fenced ones are taken only when there are not enough others.
/// </summary>
public static class ReplicaPlacementPlanner
{
    /// <summary>
    /// The replicas of partitions <paramref name="first"/> … first+count-1; the caller has checked that there are enough brokers.
    /// </summary>
    public static ImmutableArray<ImmutableArray<int>> Place(
        IReadOnlyList<PlacementBroker> brokers, int first, int count, int replicationFactor, int seed)
    {
        var up = Ring(brokers.Where(broker => !broker.IsFenced));
        var fenced = Ring(brokers.Where(broker => broker.IsFenced));
        var start = (int)((uint)seed % (uint)up.Count);
        var placed = ImmutableArray.CreateBuilder<ImmutableArray<int>>(count);
        for (var i = 0; i < count; i++) placed.Add(PlaceOne(up, fenced, start, first + i, replicationFactor));
        return placed.MoveToImmutable();
    }

    private static ImmutableArray<int> PlaceOne(
        List<PlacementBroker> up, List<PlacementBroker> fenced, int start, int partition, int replicationFactor)
    {
        var leader = (start + partition) % up.Count;
        if (replicationFactor == 1) return [up[leader].Id];
        var order = new List<PlacementBroker>(up.Count + fenced.Count);
        if (up.Count > 1)
        {
            var shift = partition / up.Count % (up.Count - 1);
            for (var i = 0; i < up.Count - 1; i++) order.Add(up[(leader + 1 + ((shift + i) % (up.Count - 1))) % up.Count]);
        }
        order.AddRange(fenced);

        var replicas = new List<int>(replicationFactor) { up[leader].Id };
        var racks = new HashSet<string?> { up[leader].Rack };
        foreach (var broker in order)
        {
            if (replicas.Count == replicationFactor) break;
            if (broker.Rack is not null && !racks.Add(broker.Rack)) continue;
            replicas.Add(broker.Id);
        }
        foreach (var broker in order)
        {
            if (replicas.Count == replicationFactor) break;
            if (!replicas.Contains(broker.Id)) replicas.Add(broker.Id);
        }
        return [.. replicas];
    }

    /// <summary>One broker of each rack in turn, the racks and the brokers within them in order.</summary>
    private static List<PlacementBroker> Ring(IEnumerable<PlacementBroker> brokers)
    {
        var racks = brokers.OrderBy(broker => broker.Id).GroupBy(broker => broker.Rack ?? "")
            .OrderBy(rack => rack.Key, StringComparer.Ordinal).Select(rack => new Queue<PlacementBroker>(rack)).ToList();
        var ring = new List<PlacementBroker>();
        while (racks.Count > 0)
        {
            foreach (var rack in racks) ring.Add(rack.Dequeue());
            racks.RemoveAll(rack => rack.Count == 0);
        }
        return ring;
    }
}

/// <summary>What placement knows of a broker.</summary>
public readonly record struct PlacementBroker(int Id, string? Rack, bool IsFenced);
