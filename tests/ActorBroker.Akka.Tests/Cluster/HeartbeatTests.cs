using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using static ActorBroker.Akka.Tests.Cluster.Support.Nodes;

namespace ActorBroker.Akka.Tests.Cluster;

public sealed class HeartbeatTests
{
    [Theory]
    [InlineData(2, 9)]
    [InlineData(10, 9)]
    [InlineData(12, 3)]
    [InlineData(30, 5)]
    public void Each_node_is_watched_by_as_many_as_configured(int count, int size)
    {
        var random = new Random(7);
        var nodes = Enumerable.Range(1, count).Select(i => Node(i, random.Next(1, int.MaxValue))).ToArray();

        var watchers = nodes.SelectMany(n => new HeartbeatRing(n, [.. nodes], [], size).Receivers).GroupBy(n => n).ToArray();

        Assert.Equal(count, watchers.Length);
        Assert.All(watchers, w => Assert.Equal(Math.Min(size, count - 1), w.Count()));
    }

    [Fact]
    public void Unreachable_nodes_do_not_take_the_places_of_live_ones()
    {
        var nodes = Enumerable.Range(1, 8).Select(i => Node(i)).ToArray();

        var ring = new HeartbeatRing(nodes[0], [.. nodes], [nodes[1], nodes[3]], 3);

        Assert.Equal(nodes[1..6].ToHashSet(), ring.Receivers.ToHashSet());
        Assert.Equal(nodes[1..6].Except([nodes[4]]).Append(nodes[6]).ToHashSet(), ring.Without(nodes[4]).Receivers.ToHashSet());
    }

    [Fact]
    public void An_unreachable_node_that_leaves_the_ring_is_watched_until_it_answers()
    {
        var nodes = Enumerable.Range(1, 4).Select(i => Node(i)).ToArray();
        var detector = new Detector();
        var state = new HeartbeatState(new HeartbeatRing(nodes[0], [nodes[0]], [], 1), detector);
        state.Start([nodes[0], nodes[2]], []);
        state.Answered(nodes[2]);
        Assert.Contains(nodes[2].Address, detector.Monitored);

        detector.Suspected.Add(nodes[2].Address);
        state.Add(nodes[1]);

        Assert.Equal([nodes[1], nodes[2]], state.Active.Order());
        detector.Suspected.Clear();
        state.Answered(nodes[2]);
        Assert.Equal([nodes[1]], state.Active);
        Assert.DoesNotContain(nodes[2].Address, detector.Monitored);
    }

    [Fact]
    public void A_removed_node_is_forgotten()
    {
        var detector = new Detector();
        var state = new HeartbeatState(new HeartbeatRing(A, [A], [], 9), detector);
        state.Start([A, B], []);
        state.Answered(B);
        state.Answered(C);
        Assert.Equal([B.Address], detector.Monitored);

        state.Remove(B);

        Assert.Empty(state.Active);
        Assert.Empty(detector.Monitored);
    }

    private sealed class Detector : IFailureDetectorRegistry<Address>
    {
        public HashSet<Address> Monitored { get; } = [];

        public HashSet<Address> Suspected { get; } = [];

        public bool IsAvailable(Address resource) => !Suspected.Contains(resource);

        public bool IsMonitoring(Address resource) => Monitored.Contains(resource);

        public void Heartbeat(Address resource) => Monitored.Add(resource);

        public void Remove(Address resource) => Monitored.Remove(resource);

        public void Reset() => Monitored.Clear();
    }
}
