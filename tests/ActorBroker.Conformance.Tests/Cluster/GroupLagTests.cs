using System.Globalization;
using System.Text.Json;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>What tools say of a group whose coordinator leads only some of its partitions, whichever node they ask first.</summary>
public sealed class GroupLagTests(JavaTools java) : IClassFixture<JavaTools>
{
    private const int Read = 60;
    private const int Behind = 30;

    [SkippableFact]
    public async Task A_groups_lag_is_the_same_from_every_node_and_right()
    {
        Skip.If(BrokerKind.IsKafka, "the cluster is of this checkout's nodes");
        await using var cluster = await TestCluster.Make(3, isolated: false, "offsets.topic.num.partitions=3", "default.replication.factor=3");
        var metrics = new Dictionary<int, int>();
        foreach (var node in cluster.Nodes)
        {
            metrics[node.Id] = BrokerProcess.FreePort();
            // What is said last counts.
            node.Options.AddRange(["--set", $"actorbroker.http.listen=127.0.0.1:{metrics[node.Id]}"]);
            node.Launch();
        }

        await cluster.Complete();
        await Ours("topic", "create", "spread", "--partitions", "6", "--replication-factor", "1", "--bootstrap", cluster.Bootstrap);
        await Ours("topic", "create", "copied", "--partitions", "3", "--replication-factor", "3", "--bootstrap", cluster.Bootstrap);
        Assert.Equal(3, cluster.View("spread")!.Partitions.Select(partition => partition.Leader).Distinct().Count());
        foreach (var topic in new[] { "spread", "copied" }) await Produce(cluster, topic, Read);
        await Ours("consume", "spread", "copied", "--group", "readers", "--exit-at-end", "--quiet", "--bootstrap", cluster.Bootstrap);
        foreach (var topic in new[] { "spread", "copied" }) await Produce(cluster, topic, Behind);
        foreach (var node in cluster.Nodes)
        {
            using var said = JsonDocument.Parse(await Ours("group", "describe", "readers", "--format", "json", "--bootstrap", node.Bootstrap));
            var partitions = said.RootElement.GetProperty("partitions").EnumerateArray().ToList();
            Assert.Equal(9, partitions.Count);
            Assert.Equal(2 * Read, partitions.Sum(partition => partition.GetProperty("committed").GetInt64()));
            Assert.Equal(2 * (Read + Behind), partitions.Sum(partition => partition.GetProperty("end").GetInt64()));
            Assert.Equal(2 * Behind, said.RootElement.GetProperty("lag").GetInt64());
            Assert.Contains("readers", await Ours("group", "list", "--bootstrap", node.Bootstrap), StringComparison.Ordinal);
        }

        await MetricsTell(cluster, metrics);
        foreach (var node in cluster.Nodes)
            Assert.Equal(2 * Behind, LagOf(await java.Run(JavaTools.ConsumerGroups, ["--bootstrap-server", node.Bootstrap, "--describe", "--group", "readers"])));
    }

    /// <summary>One node coordinates the group; it has a replica of each partition of one topic, and a third of those of the other.</summary>
    private static async Task MetricsTell(TestCluster cluster, Dictionary<int, int> ports)
    {
        using var client = new HttpClient();
        var lines = new List<string>();
        await Deadline.Until(
            async () =>
            {
                lines.Clear();
                foreach (var port in ports.Values) lines.AddRange((await client.GetStringAsync($"http://127.0.0.1:{port}/metrics")).Split('\n'));
                return lines.Contains($"kafka_consumergroup_lag_sum{{consumergroup=\"readers\",topic=\"copied\"}} {Behind}");
            },
            TestCluster.Patience, "a node tells the lag of the topic of which it has replicas", () => $"{string.Join('\n', lines)}\n{cluster.Report()}");
        Assert.DoesNotContain(lines, line => line.StartsWith("kafka_consumergroup_lag_sum{consumergroup=\"readers\",topic=\"spread\"}", StringComparison.Ordinal));
    }

    private static Task<string> Ours(params string[] arguments) => Client.Run("dotnet", [BrokerKind.OursDll, .. arguments]);

    /// <summary>By so many keys that every partition gets some.</summary>
    private static Task Produce(TestCluster cluster, string topic, int records) => Client.Run(
        "dotnet", [BrokerKind.OursDll, "produce", topic, "--key-delimiter", ":", "--bootstrap", cluster.Bootstrap],
        string.Concat(Enumerable.Range(0, records).Select(number => $"key {number}:record\n")));

    /// <summary>GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG …</summary>
    private static long LagOf(string table) => table.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length > 5 && words[0] == "readers")
        .Sum(words => long.Parse(words[5], CultureInfo.InvariantCulture));
}
