using System.Text.RegularExpressions;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>How clusters begin and what they outlive: one node that grows to three, a seed that is lost for good, a cluster to develop against.</summary>
public sealed partial class LifeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [SkippableFact]
    public async Task One_node_grows_to_three_and_its_data_outlives_it()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        await using var cluster = await TestCluster.Make(1, isolated: false, "offsets.topic.num.partitions=3");
        var first = cluster[1];
        first.IsAlone = true;
        first.Launch();
        await cluster.Complete();
        await cluster.Run("topic", "create", "old", "--partitions", "2");
        await Produce(cluster, "old", 0, 200);
        Assert.Equal(150, (await Consume(cluster, "old", "-g", "readers", "-c", "150")).Length);
        Assert.Equal(0, await first.Stop());

        // The same node, from now on with an address for others; it is the one seed and the one voter.
        first.IsAlone = false;
        first.Launch();
        await Healthy(cluster, 1);
        foreach (var id in new[] { 2, 3 })
        {
            cluster.Add(id).Launch();
            await Healthy(cluster, id);
            Assert.Contains($"Node {id} is a voter", await cluster.Run("cluster", "voters", "add", $"{id}"));
        }

        await Produce(cluster, "old", 200, 100);
        for (var partition = 0; partition < 2; partition++) await cluster.Run("cluster", "move", $"old-{partition}", "--to", "1,2,3", "--wait");
        await cluster.InSync(s_patience, "old", "__consumer_offsets");
        await Deadline.Until(
            () => cluster.View("__consumer_offsets")!.Partitions.All(one => one.Isr.Length == 3), s_patience, "the offsets are on three nodes", cluster.Report);

        // New voters may hold the controller from their next start on; then the first node goes for good.
        foreach (var id in new[] { 2, 3 })
        {
            Assert.Equal(0, await cluster[id].Stop());
            cluster[id].Launch();
            await Healthy(cluster, 3);
        }

        await first.Kill();
        Assert.Equal(Numbers(0, 300), await Consume(cluster, "old", "--offset", "start", "--exit-at-end"));
        Assert.Equal(150, (await Consume(cluster, "old", "-g", "readers", "-c", "150")).Length);
        await cluster.Run("topic", "create", "new", "--partitions", "2", "--replication-factor", "2");
    }

    [SkippableFact]
    public async Task The_first_seed_is_lost_with_its_disk_and_replaced()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        await using var cluster = await TestCluster.Start(3, isolated: false, "min.insync.replicas=2", "default.replication.factor=3");
        await cluster.Run("topic", "create", "kept", "--partitions", "3");
        await Produce(cluster, "kept", 0, 300);
        await cluster.InSync(s_patience, "kept");
        var lost = cluster[1];
        await lost.Kill();
        Directory.Delete(lost.Directory, recursive: true);
        await Deadline.Until(() => cluster.View("kept") is { Brokers.Count: 2 }, s_patience, "node 1 is out", cluster.Report);

        lost.Launch();
        await Deadline.Until(() => cluster.View("kept") is { } view && view.Brokers.Count == 3 && view.Partitions.All(one => one.Isr.Length == 3),
            s_patience, "the empty node has its replicas again", cluster.Report);

        // Its votes went with the disk, so it is not the voter that it was.
        await using (var refused = cluster.Command("cluster", "voters", "add", "1"))
        {
            Assert.Equal(1, await refused.Ends());
            Assert.Contains("cluster voters remove 1", refused.Errors);
        }

        Assert.Contains("no voter any more", await cluster.Run("cluster", "voters", "remove", "1", "--yes"));
        Assert.Contains("Node 1 is a voter", await cluster.Run("cluster", "voters", "add", "1"));
        await Healthy(cluster, 3);

        // It is a full member: what it holds is enough, together with one other.
        await cluster[2].Kill();
        await Produce(cluster, "kept", 300, 30);
        Assert.Equal(Numbers(0, 330), await Consume(cluster, "kept", "--offset", "start", "--exit-at-end"));
        cluster[2].Launch();
        await Healthy(cluster, 3);
    }

    [SkippableFact]
    public async Task One_command_runs_three_nodes_to_develop_against()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        await using var dev = Client.Start("dotnet", BrokerKind.OursDll, "dev", "--nodes", "3");
        var ready = await dev.Line(line => line.StartsWith("ActorBroker is ready with 3 nodes on ", StringComparison.Ordinal), "ready", s_patience);
        var bootstrap = ready.Split(' ')[^1];
        var nodes = await dev.Line(line => line.Contains("nodes: "), "the processes");
        var data = DataFolder().Match(nodes).Groups[1].Value;
        Assert.True(Directory.Exists(data), nodes);
        Assert.Equal(3, bootstrap.Split(',').Length);
        string[] at = ["--bootstrap", bootstrap];
        await Client.Run("dotnet", [BrokerKind.OursDll, "cluster", "health", "--exit-when-healthy", "--nodes", "3", .. at]);
        await Client.Run("dotnet", [BrokerKind.OursDll, "topic", "create", "greetings", "--replication-factor", "3", .. at]);
        await Client.Run("dotnet", [BrokerKind.OursDll, "produce", "greetings", .. at], "hello\n");
        var read = await Client.Run("dotnet", [BrokerKind.OursDll, "consume", "greetings", "--offset", "start", "--exit-at-end", .. at]);
        Assert.Contains("hello", read);
        dev.Signal(Signals.Terminate);
        Assert.Equal(0, await dev.Ends(s_patience));
        Assert.False(Directory.Exists(data), $"{data} is left");
    }

    private static Task Healthy(TestCluster cluster, int nodes) =>
        cluster.Run("cluster", "health", "--exit-when-healthy", "--timeout", "90s", "--nodes", $"{nodes}");

    private static Task Produce(TestCluster cluster, string topic, int from, int count) => Client.Run(
        "dotnet", [BrokerKind.OursDll, "produce", topic, "--bootstrap", cluster.RunningBootstrap], string.Concat(Numbers(from, count).Select(line => line + "\n")));

    /// <summary>The records' values, sorted.</summary>
    private static async Task<string[]> Consume(TestCluster cluster, string topic, params string[] more) =>
        [.. (await cluster.Run(["consume", topic, .. more])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static string[] Numbers(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"n{i:D5}")];

    [GeneratedRegex("data in ([^;]+);")]
    private static partial Regex DataFolder();
}
