using System.Globalization;
using System.Text.RegularExpressions;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using ActorBroker.Conformance.Tests.Cluster;
using ActorBroker.Conformance.Tests.Rolling;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests.Upgrade;

/// <summary>
/// A cluster of the earlier version becomes one of this version, node by node, while a client writes and reads. The level of the metadata
/// stays the earlier version's until an operator raises it; until then every node can go back.
/// </summary>
public sealed partial class RollingUpgradeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [SkippableFact]
    public async Task Three_nodes_change_their_version_one_by_one_under_load()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        var old = await PreviousVersion.Dll();
        await using var cluster = await TestCluster.Make(3, isolated: false, "min.insync.replicas=2", "default.replication.factor=3", "num.partitions=4");
        foreach (var node in cluster.Nodes)
        {
            node.Dll = old;
            node.Launch();
        }

        await cluster.Complete();
        var oldLevel = HighestLevel(cluster[1]);
        var client = new DotnetClient();
        await cluster.Run("topic", "create", client.Topic);
        await cluster.Run("topic", "create", "before");
        string[] before = [.. Enumerable.Range(0, 500).Select(i => $"n{i:D5}")];
        await Client.Run("dotnet", [old, "produce", "before", "--bootstrap", cluster.Bootstrap], string.Concat(before.Select(line => line + "\n")));
        await client.Start(cluster.Bootstrap);
        try
        {
            foreach (var node in cluster.Nodes)
            {
                await Become(cluster, node, BrokerKind.OursDll);
                if (node.Id < 3) StaysAt(cluster, oldLevel);
            }

            // Nothing was raised, so there is a way back.
            await Become(cluster, cluster[1], old);
            await Become(cluster, cluster[1], BrokerKind.OursDll);
            await Raise(cluster, old, oldLevel);
            await client.Finish();
        }
        finally
        {
            await client.DisposeAsync();
        }

        var faults = Transcript.Of(client.Lines).Faults(client.IsIdempotent, atLeast: 512);
        Assert.True(faults.Count == 0, $"{string.Join('\n', faults)}\n{client.Errors}\n{cluster.Report()}");
        var read = await cluster.Run("consume", "before", "--offset", "start", "--exit-at-end");
        Assert.Equal(before, read.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    private static async Task Become(TestCluster cluster, ClusterNode node, string dll)
    {
        var code = await node.Stop();
        Assert.True(code == 0, $"node {node.Id} ended with {code}\n{node.Log}");
        node.Dll = dll;
        node.Launch();
        await cluster.Run("cluster", "health", "--exit-when-healthy", "--timeout", "90s", "--nodes", "3");
    }

    /// <summary>The level is the old one, and while one old node is there nobody may raise it.</summary>
    private static void StaysAt(TestCluster cluster, short level)
    {
        foreach (var node in cluster.Nodes)
        {
            Assert.Null(ClusterProbe.RaiseLevel(node, level, validateOnly: true));
            Assert.Contains("only supports versions", ClusterProbe.RaiseLevel(node, (short)(level + 1), validateOnly: false));
        }
    }

    /// <summary>Raises the level when this version has a higher one; then a node of the old version is refused, and says why.</summary>
    private async Task Raise(TestCluster cluster, string old, short oldLevel)
    {
        var level = HighestLevel(cluster[1]);
        output.WriteLine($"metadata level {oldLevel}, of this version {level}");
        Assert.Contains($"level {level}", await cluster.Run("cluster", "upgrade", "--yes"));
        if (level == oldLevel) return;
        Assert.Contains("downgrade", ClusterProbe.RaiseLevel(cluster[2], oldLevel, validateOnly: true));
        var node = cluster[3];
        Assert.Equal(0, await node.Stop());
        node.Dll = old;
        node.Launch();
        Assert.NotEqual(0, await node.Ended());
        Assert.True(node.Log.Any(line => line.Contains($"level {level}")), node.Log.ToString());
        node.Dll = BrokerKind.OursDll;
        node.Launch();
        await Deadline.Until(() => cluster.View() is { } view && view.Brokers.Count == 3, s_patience, "node 3 is back", cluster.Report);
    }

    /// <summary>The highest level that the controller's version knows, as it says when it is asked for more.</summary>
    private static short HighestLevel(ClusterNode node)
    {
        var refusal = ClusterProbe.RaiseLevel(node, short.MaxValue, validateOnly: true);
        var versions = Versions().Match(refusal ?? "");
        Assert.True(versions.Success, refusal);
        return short.Parse(versions.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"only supports versions \d+-(\d+)")]
    private static partial Regex Versions();
}
