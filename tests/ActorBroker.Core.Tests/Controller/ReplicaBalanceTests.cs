using ActorBroker.Core.Controller;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>Plans that take everything off a node, or spread it onto one.</summary>
public class ReplicaBalanceTests
{
    private static PlacementBroker[] Brokers(int count, Func<int, string?>? rackOf = null) =>
        [.. Enumerable.Range(1, count).Select(id => new PlacementBroker(id, rackOf?.Invoke(id), false))];

    private static PlacedPartition[] Placed(PlacementBroker[] brokers, int partitions, int factor) =>
        [.. ReplicaPlacementPlanner.Place(brokers, 0, partitions, factor, 0).Select((replicas, i) => new PlacedPartition("t", i, replicas))];

    private static PlacedPartition[] After(PlacedPartition[] before, BalancePlan plan) =>
        [.. before.Select(partition => plan.Moves.FirstOrDefault(move => move.Partition == partition.Partition) ?? partition)];

    private static int CountOn(IEnumerable<PlacedPartition> partitions, int broker) =>
        partitions.Count(partition => partition.Replicas.Contains(broker));

    private static void AreWellFormed(IEnumerable<PlacedPartition> partitions, int factor) => Assert.All(partitions, partition =>
    {
        Assert.Equal(factor, partition.Replicas.Length);
        Assert.Equal(factor, partition.Replicas.Distinct().Count());
    });

    [Fact]
    public void Decommissioning_empties_the_node_and_touches_nothing_else()
    {
        var before = Placed(Brokers(4), 40, 3);
        var plan = ReplicaBalancePlanner.Decommission(Brokers(4), before, 2);
        var after = After(before, plan);
        Assert.Empty(plan.Stuck);
        AreWellFormed(after, 3);
        Assert.Equal(0, CountOn(after, 2));
        Assert.Equal(CountOn(before, 2), plan.Moves.Length);
        var counts = new[] { 1, 3, 4 }.Select(id => CountOn(after, id)).ToArray();
        Assert.True(counts.Max() - counts.Min() <= 1, string.Join(",", counts));
    }

    [Fact]
    public void What_no_other_node_can_take_is_told()
    {
        var before = Placed(Brokers(3), 6, 3);
        var plan = ReplicaBalancePlanner.Decommission(Brokers(3), before, 3);
        Assert.Empty(plan.Moves);
        Assert.Equal(6, plan.Stuck.Length);
    }

    [Fact]
    public void Decommissioning_prefers_a_rack_of_its_own()
    {
        var brokers = Brokers(4, id => id is 1 or 4 ? "a" : id == 2 ? "b" : "c");
        var plan = ReplicaBalancePlanner.Decommission(brokers, [new PlacedPartition("t", 0, [4, 2])], 4);
        Assert.Equal([1, 2], plan.Moves[0].Replicas.ToArray());
        plan = ReplicaBalancePlanner.Decommission(brokers, [new PlacedPartition("t", 0, [2, 1])], 2);
        Assert.Equal([3, 1], plan.Moves[0].Replicas.ToArray());
    }

    [Fact]
    public void A_new_node_gets_its_share_of_replicas_and_of_leaders()
    {
        var before = Placed(Brokers(3), 60, 3);
        var plan = ReplicaBalancePlanner.Rebalance(Brokers(4), before);
        var after = After(before, plan);
        AreWellFormed(after, 3);
        Assert.All([1, 2, 3, 4], id => Assert.Equal(45, CountOn(after, id)));
        Assert.All([1, 2, 3, 4], id => Assert.InRange(after.Count(partition => partition.Replicas[0] == id), 14, 16));
    }

    [Fact]
    public void What_is_even_is_left_alone()
    {
        Assert.Empty(ReplicaBalancePlanner.Rebalance(Brokers(4), Placed(Brokers(4), 40, 3)).Moves);
        Assert.Empty(ReplicaBalancePlanner.Rebalance(Brokers(1), Placed(Brokers(1), 5, 1)).Moves);
        Assert.Empty(ReplicaBalancePlanner.Rebalance([], []).Moves);
    }

    [Fact]
    public void Spreading_never_lowers_the_number_of_racks()
    {
        var brokers = Brokers(6, id => $"rack{id % 3}");
        var before = Placed(brokers[..3], 30, 3);
        var after = After(before, ReplicaBalancePlanner.Rebalance(brokers, before));
        Assert.All(after, partition => Assert.Equal(3, partition.Replicas.Select(id => id % 3).Distinct().Count()));
        Assert.All(Enumerable.Range(1, 6), id => Assert.Equal(15, CountOn(after, id)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_clusters_end_even_and_well_formed(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var old = random.Next(1, 6);
            var factor = random.Next(1, old + 1);
            var before = Placed(Brokers(old), random.Next(1, 80), factor);
            var brokers = Brokers(old + random.Next(0, 3));
            var after = After(before, ReplicaBalancePlanner.Rebalance(brokers, before));
            AreWellFormed(after, factor);
            var counts = brokers.Select(broker => CountOn(after, broker.Id)).ToArray();
            Assert.True(counts.Max() - counts.Min() <= 1, $"seed {seed} round {round}: {string.Join(",", counts)}");
        }
    }
}
