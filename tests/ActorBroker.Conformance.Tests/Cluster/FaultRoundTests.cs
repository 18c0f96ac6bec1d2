using System.Globalization;
using System.Text.Json;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>
/// Rounds of faults on a real cluster: numbered records are written with acks=all (replication factor 3, min.insync.replicas 2) and read by
/// a consumer group while one fault happens; then everything is read back. Nothing acknowledged may be lost, doubled, reordered or moved, the
/// group has to have seen every record, and all replicas have to be in sync again.
///
/// <c>CLUSTER_ROUNDS=n</c> runs as many as asked for (tests/soak-cluster does), <c>CLUSTER_SEED=s</c> repeats a run, <c>CLUSTER_FAULTS=a,b</c>
/// picks kinds, <c>CLUSTER_REPORT=file</c> keeps the summary lines.
/// </summary>
public sealed class FaultRoundTests(ITestOutputHelper output)
{
    private static readonly int s_rounds = Number("CLUSTER_ROUNDS", 20);
    private static readonly int s_seconds = Number("CLUSTER_SECONDS", 8);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(150);

    [SkippableTheory]
    [InlineData(3, 70)]
    [InlineData(5, 30)]
    public async Task Nothing_acknowledged_is_lost_whatever_fails(int nodes, int percent)
    {
        Skip.If(BrokerKind.IsKafka, "the rounds start this checkout's broker");
        _ = Outside.Kload;
        var rounds = s_rounds * percent / 100;
        var seed = Number("CLUSTER_SEED", Random.Shared.Next(1, 1_000_000));
        Say($"{nodes} nodes, {rounds} rounds, seed {seed}");
        await using var cluster = await Start(nodes);
        var faults = Fault.All.Where(fault => fault.Needs?.Invoke(cluster) != false && Wanted(fault.Name)).ToArray();
        foreach (var fault in Fault.All.Except(faults).Where(fault => Wanted(fault.Name))) Say($"skipped: {fault.Name}, for which this machine lacks a tool or a right");
        var order = new Random(seed);
        order.Shuffle(faults);
        for (var round = 0; round < rounds; round++) await Round(cluster, round, faults[round % faults.Length], new Random(seed + round));
    }

    private async Task Round(TestCluster cluster, int number, Fault fault, Random random)
    {
        var topic = $"round-{number}";
        await using var load = Client.Start(Outside.Kload, "seq", "-brokers", cluster.Bootstrap, "-topic", topic, "-seconds",
            s_seconds.ToString(CultureInfo.InvariantCulture), "-rate", "3000", "-partitions", "6", "-replication", "3", "-patience", "120");
        await Deadline.Until(() => cluster.View(topic)?.Partitions.Count == 6, TestCluster.Patience, $"{topic} is there", cluster.Report);
        await Deadline.Until(() => IsWritten(cluster, topic), TestCluster.Patience, $"{topic} has records", cluster.Report);
        await using var group = StartGroup(cluster, topic);
        var failure = await Record.ExceptionAsync(() => fault.Run(new FaultScene(cluster, topic, random)));
        if (failure is not null) throw Failed(cluster, number, fault, "the fault could not be played", failure.ToString());
        var code = await load.Ends(s_patience);
        var last = load.Output.Trim().Split('\n')[^1];
        if (code != 0) throw Failed(cluster, number, fault, last, load.Errors);
        using var said = JsonDocument.Parse(last);
        var end = said.RootElement.GetProperty("end").GetInt64();
        await cluster.Complete();
        await cluster.InSync(TestCluster.Patience, topic);
        var seen = group is null ? -1 : await SeenByGroup(cluster, group, end);
        Say($"round {number} nodes {cluster.Nodes.Count} {fault.Name}: {last} group {(seen < 0 ? "-" : seen)}");
    }

    /// <summary>The load's first steps are not repeated when they fail; the fault comes after them.</summary>
    private static bool IsWritten(TestCluster cluster, string topic) => cluster.Nodes.Any(node =>
        new DirectoryInfo(Path.Combine(node.Directory, $"{topic}-0")) is { Exists: true } folder && folder.EnumerateFiles("*.log").Any(file => file.Length > 0));

    private static Client? StartGroup(TestCluster cluster, string topic) => Outside.Find("kcat") is not { } kcat ? null : Client.Start(
        kcat, "-b", cluster.Bootstrap, "-q", "-u", "-E", "-f", "%p %o\\n", "-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=10000",
        "-X", "topic.metadata.refresh.interval.ms=1000", "-G", $"group-{topic}", topic);

    /// <summary>Waits until the group has seen every offset of every partition.</summary>
    private static async Task<int> SeenByGroup(TestCluster cluster, Client group, long end)
    {
        var seen = 0;
        await Deadline.Until(
            () => (seen = group.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count()) >= end, TestCluster.Patience,
            $"the group has read {end} records", () => $"it has read {seen}\n{group.Errors}\n{cluster.Report()}");
        return seen;
    }

    private static Exception Failed(TestCluster cluster, int number, Fault fault, string what, string more) =>
        new InvalidOperationException($"round {number} {fault.Name}: {what}\n{more}\n{cluster.View($"round-{number}")}\n{cluster.Report()}");

    private static async Task<TestCluster> Start(int nodes)
    {
        var cluster = await TestCluster.Make(nodes, ClusterNetwork.CanIsolate,
            "min.insync.replicas=2", "default.replication.factor=3", "offsets.topic.replication.factor=3", "offsets.topic.num.partitions=5");
        try
        {
            if (ClusterDisks.CanMount) await cluster.UseDisks(1024);
            foreach (var node in cluster.Nodes) node.Launch();
            await cluster.Complete();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static bool Wanted(string fault) =>
        Environment.GetEnvironmentVariable("CLUSTER_FAULTS") is not { Length: > 0 } list || list.Split(',').Contains(fault);

    private static int Number(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), out var number) ? number : otherwise;

    private void Say(string text)
    {
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("CLUSTER_REPORT") is { Length: > 0 } file) File.AppendAllText(file, text + "\n");
    }
}
