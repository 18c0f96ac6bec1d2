using ActorBroker.Core.Controller;

namespace ActorBroker.Core.Tests.Controller;

public class ReplicaPlacementTests
{
    private static PlacementBroker[] Brokers(int count, Func<int, string?> rackOf, params int[] fenced) =>
        [.. Enumerable.Range(1, count).Select(id => new PlacementBroker(id, rackOf(id), fenced.Contains(id)))];

    [Fact]
    public void Leaders_are_spread_evenly_and_from_the_seed_on()
    {
        var placed = ReplicaPlacementPlanner.Place(Brokers(3, _ => null), 0, 9, 2, 1);
        Assert.Equal([2, 3, 1, 2, 3, 1, 2, 3, 1], placed.Select(replicas => replicas[0]));
    }

    [Fact]
    public void Followers_of_one_leader_differ()
    {
        var placed = ReplicaPlacementPlanner.Place(Brokers(4, _ => null), 0, 12, 2, 0);
        Assert.Equal([2, 3, 4], placed.Where(replicas => replicas[0] == 1).Select(replicas => replicas[1]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void No_broker_has_two_replicas_of_one_partition(int factor)
    {
        var placed = ReplicaPlacementPlanner.Place(Brokers(5, id => id % 2 == 0 ? "a" : "b"), 3, 40, factor, 17);
        Assert.All(placed, replicas => Assert.Equal(factor, replicas.Distinct().Count()));
    }

    [Fact]
    public void Every_rack_has_a_replica_when_there_are_enough()
    {
        var placed = ReplicaPlacementPlanner.Place(Brokers(6, id => $"rack{id % 3}"), 0, 30, 3, 5);
        Assert.All(placed, replicas => Assert.Equal(3, replicas.Select(id => id % 3).Distinct().Count()));
        Assert.All(placed.GroupBy(replicas => replicas[0]), leader => Assert.Equal(5, leader.Count()));
    }

    [Fact]
    public void Fenced_brokers_are_taken_last()
    {
        var brokers = Brokers(3, _ => null, fenced: 2);
        Assert.All(ReplicaPlacementPlanner.Place(brokers, 0, 6, 2, 0), replicas => Assert.DoesNotContain(2, replicas));
        Assert.All(ReplicaPlacementPlanner.Place(brokers, 0, 6, 3, 0), replicas => Assert.Equal(2, replicas[^1]));
    }

    [Fact]
    public void A_negative_seed_is_as_good_as_any() =>
        Assert.Equal(4, ReplicaPlacementPlanner.Place(Brokers(3, _ => null), 0, 4, 1, int.MinValue).Length);
}
