using System.Collections.Immutable;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Plans moves of replicas between brokers for an operator: everything off one node before it is taken away, or an even spread when one has
/// been added. Yields the reassignments; carrying them out is AlterPartitionReassignments. Pure, and it moves as little as it can:
/// a replica is replaced in its place, so the other replicas and the preferred leader of a partition stay where they can.
///
/// A move never puts two replicas of a partition on one broker and never lowers the number of racks that a partition is spread over.
/// </summary>
public static class ReplicaBalancePlanner
{
    /// <summary>
    /// Moves everything off <paramref name="node"/>. A partition for which no other broker is left keeps the node and is told in
    /// <see cref="BalancePlan.Stuck"/>: its replication factor is more than the remaining brokers.
    /// </summary>
    public static BalancePlan Decommission(IReadOnlyList<PlacementBroker> brokers, IReadOnlyList<PlacedPartition> partitions, int node)
    {
        var ledger = new ReplicaLedger(brokers.Where(broker => broker.Id != node && !broker.IsFenced), partitions);
        var moves = new List<PlacedPartition>();
        var stuck = new List<PlacedPartition>();
        foreach (var partition in partitions)
        {
            var place = partition.Replicas.IndexOf(node);
            if (place < 0) continue;
            var heir = ledger.Substitute(partition.Replicas, place);
            if (heir < 0)
            {
                stuck.Add(partition);
                continue;
            }
            ledger.Replace(partition.Replicas, place, heir);
            moves.Add(partition with { Replicas = partition.Replicas.SetItem(place, heir) });
        }
        return new BalancePlan([.. moves], [.. stuck]);
    }

    /// <summary>Evens out the numbers of replicas, and then of preferred leaders, over all brokers that are up.</summary>
    public static BalancePlan Rebalance(IReadOnlyList<PlacementBroker> brokers, IReadOnlyList<PlacedPartition> partitions)
    {
        var ledger = new ReplicaLedger(brokers.Where(broker => !broker.IsFenced), partitions);
        var after = partitions.Select(partition => partition.Replicas).ToArray();
        while (ledger.Fullest - ledger.Emptiest > 1 && MoveOne(ledger, after))
        {
        }
        while (ReorderOne(ledger, after))
        {
        }
        var moves = partitions.Zip(after, (partition, replicas) => (partition, replicas))
            .Where(pair => !pair.partition.Replicas.SequenceEqual(pair.replicas))
            .Select(pair => pair.partition with { Replicas = pair.replicas });
        return new BalancePlan([.. moves], []);
    }

    /// <summary>Moves one replica from a broker with more to one with at least two fewer; false when no such move is left.</summary>
    private static bool MoveOne(ReplicaLedger ledger, ImmutableArray<int>[] partitions)
    {
        foreach (var (from, to) in ledger.Slopes())
        {
            for (var i = 0; i < partitions.Length; i++)
            {
                var place = partitions[i].IndexOf(from);
                if (place < 0 || partitions[i].Contains(to) || !ledger.KeepsRacks(partitions[i], place, to)) continue;
                ledger.Replace(partitions[i], place, to);
                partitions[i] = partitions[i].SetItem(place, to);
                return true;
            }
        }
        return false;
    }

    /// <summary>Makes another replica the preferred leader of one partition, where its broker is preferred at least twice less.</summary>
    private static bool ReorderOne(ReplicaLedger ledger, ImmutableArray<int>[] partitions)
    {
        for (var i = 0; i < partitions.Length; i++)
        {
            var replicas = partitions[i];
            for (var place = 1; place < replicas.Length; place++)
            {
                if (!ledger.IsSteeper(replicas[0], replicas[place])) continue;
                ledger.Lead(replicas[0], replicas[place]);
                partitions[i] = replicas.SetItem(0, replicas[place]).SetItem(place, replicas[0]);
                return true;
            }
        }
        return false;
    }
}

/// <summary>A partition and its replicas, the preferred leader first.</summary>
public sealed record PlacedPartition(string Topic, int Partition, ImmutableArray<int> Replicas);

/// <param name="Moves">The partitions that get other replicas, with those.</param>
/// <param name="Stuck">Partitions that no other broker can take.</param>
public sealed record BalancePlan(ImmutableArray<PlacedPartition> Moves, ImmutableArray<PlacedPartition> Stuck);
