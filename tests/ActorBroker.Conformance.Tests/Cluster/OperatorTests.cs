using System.Net;
using System.Text.Json;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using ActorBroker.Conformance.Tests.Rolling;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>The commands of README's cluster section against real processes, with a client at work meanwhile.</summary>
public sealed class OperatorTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly string[] s_settings = ["min.insync.replicas=2", "default.replication.factor=3", "num.partitions=4", "offsets.topic.num.partitions=4"];

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    [SkippableFact]
    public async Task A_node_lives_from_its_start_and_is_ready_when_it_has_joined_and_caught_up()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        await using var cluster = await TestCluster.Make(3, isolated: false, s_settings);
        foreach (var node in cluster.Nodes) node.HttpPort = BrokerProcess.FreePort();
        var first = cluster[1];
        first.Launch();
        // Alone it waits for the other seeds: alive, so that nobody restarts it, but of no use yet.
        await Deadline.Until(() => first.Answers(_http, "/livez", HttpStatusCode.OK), s_patience, "node 1 lives", cluster.Report);
        Assert.True(await first.Answers(_http, "/readyz", HttpStatusCode.ServiceUnavailable), first.Log.ToString());
        Assert.True(await first.Answers(_http, "/metrics", HttpStatusCode.ServiceUnavailable), first.Log.ToString());
        cluster[2].Launch();
        cluster[3].Launch();
        foreach (var node in cluster.Nodes) await Deadline.Until(() => node.IsReady(_http), s_patience, $"node {node.Id} is ready", cluster.Report);
        Assert.True(await first.Answers(_http, "/metrics", HttpStatusCode.OK));

        await cluster.Run("topic", "create", "caught", "--partitions", "6");
        await cluster.InSync(s_patience, "caught");
        await cluster[3].Kill();
        await Deadline.Until(() => cluster.View("caught")!.Partitions.All(one => !one.Isr.Contains(3)), s_patience, "node 3 is out of all", cluster.Report);
        await Client.Run("dotnet", [BrokerKind.OursDll, "produce", "caught", "--bootstrap", cluster.RunningBootstrap], string.Concat(Enumerable.Repeat("missed\n", 500)));
        cluster[3].Launch();
        await Deadline.Until(() => cluster[3].IsReady(_http), s_patience, "node 3 is ready", cluster.Report);
        // What the ready node says is what it knows itself; nothing was taken away since.
        Assert.All(ClusterProbe.Describe(cluster[3], ["caught"])!.Partitions, one => Assert.Contains(3, one.Isr));
    }

    [SkippableFact]
    public async Task Nodes_are_watched_drained_added_and_taken_away_while_a_client_goes_on()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        await using var cluster = await TestCluster.Start(3, isolated: false, s_settings);
        var client = new DotnetClient();
        await cluster.Run("topic", "create", client.Topic);
        await client.Start(cluster.Bootstrap);
        try
        {
            await Views(cluster);
            await Loss(cluster);
            await Draining(cluster);
            await Growth(cluster);
            await Farewell(cluster);
            await client.Finish();
            var faults = Transcript.Of(client.Lines).Faults(client.IsIdempotent, atLeast: 256);
            Assert.True(faults.Count == 0, $"{string.Join('\n', faults)}\n{client.Errors}\n{cluster.Report()}");
        }
        finally
        {
            await client.DisposeAsync();
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task Views(TestCluster cluster)
    {
        await Healthy(cluster, 3);
        var status = await Json(cluster, "status");
        Assert.True(status.GetProperty("healthy").GetBoolean(), status.ToString());
        Assert.Equal(3, status.GetProperty("nodesUp").GetInt32());
        Assert.Equal([1, 2, 3], Ints(status.GetProperty("voters")));
        Assert.Equal(0, status.GetProperty("underReplicated").GetInt32());
        Assert.InRange(status.GetProperty("controller").GetInt32(), 1, 3);
        var text = await cluster.Run("cluster", "status");
        Assert.Contains($"Cluster {status.GetProperty("clusterId").GetString()} is healthy", text);
        Assert.Contains("3 of 3 up", text);

        var nodes = (await Json(cluster, "nodes")).EnumerateArray().ToList();
        Assert.Equal([1, 2, 3], nodes.Select(node => node.GetProperty("node").GetInt32()));
        Assert.Equal(cluster.Nodes.Select(node => node.Bootstrap), nodes.Select(node => node.GetProperty("address").GetString()));
        Assert.All(nodes, node => Assert.True(node.GetProperty("state").GetString() == "up" && node.GetProperty("voter").GetBoolean()
            && node.GetProperty("replicas").GetInt32() >= 4, $"{node}"));
        Assert.Single(nodes, node => node.GetProperty("controller").GetBoolean());
        var table = (await cluster.Run("cluster", "nodes")).Split('\n');
        Assert.Contains("NODE", table[0]);
        Assert.All(cluster.Nodes, node => Assert.Contains(table, line => line.Contains(node.Bootstrap) && line.Contains(" up ")));

        var voters = (await Json(cluster, "voters")).GetProperty("voters").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3], voters.Select(voter => voter.GetProperty("node").GetInt32()));
        Assert.All(voters, voter => Assert.True(voter.GetProperty("answers").GetBoolean(), $"{voter}"));
        Assert.Contains("controller", await cluster.Run("cluster", "voters"));
    }

    /// <summary>A node that is gone is named, with exit code 1; when it is back all is well again.</summary>
    private static async Task Loss(TestCluster cluster)
    {
        await cluster[3].Kill();
        await using (var ill = cluster.Command("cluster", "health", "--format", "json"))
        {
            Assert.Equal(1, await ill.Ends());
            using var said = JsonDocument.Parse(ill.Output);
            Assert.False(said.RootElement.GetProperty("healthy").GetBoolean());
            var problems = said.RootElement.GetProperty("problems").EnumerateArray().Select(one => one.GetProperty("problem").GetString()).ToList();
            Assert.Contains(problems, problem => problem is "nodes-down" or "voters-missing");
        }

        await using (var ill = cluster.Command("cluster", "health"))
        {
            Assert.Equal(1, await ill.Ends());
            Assert.Contains("not healthy", ill.Output);
        }

        cluster[3].Launch();
        await Healthy(cluster, 3);
    }

    private static async Task Draining(TestCluster cluster)
    {
        Assert.Contains("leads nothing", await cluster.Run("cluster", "drain", "2"));
        var status = await Json(cluster, "status");
        Assert.Equal([2], Ints(status.GetProperty("draining")));
        var node = (await Json(cluster, "nodes"))[1];
        Assert.Equal("drained", node.GetProperty("state").GetString());
        Assert.Equal(0, node.GetProperty("leads").GetInt32());
        Assert.True(node.GetProperty("replicas").GetInt32() >= 4, $"{node}");
        Assert.Contains("drained: 2", await cluster.Run("cluster", "status"));
        using var undone = JsonDocument.Parse(await cluster.Run("cluster", "drain", "2", "--undo", "--format", "json"));
        Assert.True(undone.RootElement.GetProperty("returned").GetInt32() > 0);
        await Deadline.Until(async () => (await Json(cluster, "nodes"))[1].GetProperty("leads").GetInt32() > 0, s_patience, "node 2 leads again", cluster.Report);
    }

    private static async Task Growth(TestCluster cluster)
    {
        cluster.Add(4).Launch();
        await Healthy(cluster, 4);
        Assert.Equal(0, (await Json(cluster, "nodes"))[3].GetProperty("replicas").GetInt32());
        Assert.Contains("would be moved", await cluster.Run("cluster", "rebalance", "--dry-run"));
        using (var plan = JsonDocument.Parse(await cluster.Run("cluster", "rebalance", "--wait", "--format", "json")))
            Assert.Contains(plan.RootElement.GetProperty("moves").EnumerateArray(), move => Ints(move.GetProperty("to")).Contains(4));
        var nodes = (await Json(cluster, "nodes")).EnumerateArray().Select(node => node.GetProperty("replicas").GetInt32()).ToList();
        Assert.True(nodes.Max() - nodes.Min() <= 1, $"replicas on the nodes: {string.Join(", ", nodes)}");

        Assert.Contains("1 partitions were moved", await cluster.Run("cluster", "move", "rolling-dotnet-0", "--to", "4,2,3", "--wait"));
        Assert.Equal([4, 2, 3], cluster.View("rolling-dotnet")!.Partitions.Single(one => one.Partition == 0).Replicas);
        await Deadline.Until(() => cluster.View("rolling-dotnet")!.Partitions.Single(one => one.Partition == 0).Leader == 4, s_patience, "the first one leads", cluster.Report);
        await Healthy(cluster, 4);
    }

    private static async Task Farewell(TestCluster cluster)
    {
        await using (var refused = cluster.Command("cluster", "decommission", "1", "--yes"))
        {
            Assert.Equal(1, await refused.Ends());
            Assert.Contains("cluster voters remove 1", refused.Errors);
        }

        await using var leaving = cluster.Command("cluster", "decommission", "4", "--yes", "--format", "json");
        await Deadline.Until(() => leaving.Errors.Contains("stop its process now"), s_patience, "node 4 is empty", () => leaving.Report("") + cluster.Report());
        Assert.Equal(0, (await Json(cluster, "nodes"))[3].GetProperty("replicas").GetInt32());
        Assert.Equal(0, await cluster[4].Stop());
        using var said = JsonDocument.Parse(await leaving.Succeeds(s_patience));
        Assert.True(said.RootElement.GetProperty("unregistered").GetBoolean());
        Assert.Equal(3, (await Json(cluster, "nodes")).GetArrayLength());
        await Healthy(cluster, 3);
    }

    private static Task Healthy(TestCluster cluster, int nodes) =>
        cluster.Run("cluster", "health", "--exit-when-healthy", "--timeout", "90s", "--nodes", $"{nodes}");

    private static async Task<JsonElement> Json(TestCluster cluster, string view)
    {
        using var said = JsonDocument.Parse(await cluster.Run("cluster", view, "--format", "json"));
        return said.RootElement.Clone();
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(one => one.GetInt32())];
}
