namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>A cluster under load in which a fault happens; who plays which part is drawn from the round's seed.</summary>
internal sealed class FaultScene(TestCluster cluster, string topic, Random random)
{
    private readonly List<ClusterNode> _byAge = [.. cluster.Nodes];

    public TestCluster Cluster => cluster;
    public string Topic => topic;
    public Random Random => random;

    public Task Pause(int fromMs, int toMs) => Task.Delay(random.Next(fromMs, toMs));

    public ClusterNode Any() => cluster.Nodes[random.Next(cluster.Nodes.Count)];

    public ClusterNode Other(ClusterNode not)
    {
        var others = cluster.Nodes.Where(node => node != not).ToList();
        return others[random.Next(others.Count)];
    }

    /// <summary>The node that leads partition 0, or any while nobody does.</summary>
    public ClusterNode Leader() =>
        cluster.View(topic)?.Partitions.FirstOrDefault(partition => partition.Partition == 0) is { Leader: > 0 } led ? cluster[led.Leader] : Any();

    public ClusterNode Controller() => cluster.View()?.Controller is > 0 and var id ? cluster[id] : Any();

    /// <summary>The member that has been up longest: it runs the singletons, the sharding coordinator among them.</summary>
    public ClusterNode Oldest() => _byAge[0];

    public void Restarted(ClusterNode node)
    {
        _byAge.Remove(node);
        _byAge.Add(node);
    }

    public List<ClusterNode> Shuffled()
    {
        var all = cluster.Nodes.ToArray();
        random.Shuffle(all);
        return [.. all];
    }
}
