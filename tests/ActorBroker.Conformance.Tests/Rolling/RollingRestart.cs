using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using ActorBroker.Conformance.Tests.Cluster;

namespace ActorBroker.Conformance.Tests.Rolling;

/// <summary>
/// One cluster of three, one restart of all its nodes one after another, all clients at work meanwhile. The nodes are stopped by SIGTERM and
/// waited for by what README tells operators to wait for: <c>/readyz</c>, or <c>cluster health --exit-when-healthy</c>.
/// </summary>
public sealed class RollingRestart : IAsyncLifetime
{
    /// <summary>So many records more have to be seen by each client's group before the next node is stopped.</summary>
    private const int Progress = 64;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly Dictionary<string, RollingOutcome> _outcomes = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    internal static IReadOnlyList<RollingClient> AllClients() =>
    [
        new KcatClient(), new DotnetClient(), new VerifiableClient(),
        new ProgramClient("kafkajs", false, (bootstrap, topic, group) =>
            Task.FromResult(Client.Start(Outside.Node, Checkout.ClientSource("node/client.js"), "rolling", bootstrap, topic, group))),
        new ProgramClient("java", true, (bootstrap, topic, group) => JavaTools.Program("Scenarios", "rolling", bootstrap, topic, group)),
        Python("kafka_python", true), Python("aio_kafka", false), Python("confluent", false),
    ];

    internal RollingOutcome this[string client] => _outcomes[client];

    public async Task InitializeAsync()
    {
        if (BrokerKind.IsKafka) return;
        await using var cluster = await TestCluster.Make(3, isolated: false, "min.insync.replicas=2", "default.replication.factor=3", "num.partitions=4");
        foreach (var node in cluster.Nodes)
        {
            node.HttpPort = BrokerProcess.FreePort();
            node.Launch();
        }

        await cluster.Complete();
        var clients = new List<RollingClient>();
        foreach (var client in AllClients())
        {
            try
            {
                await cluster.Run("topic", "create", client.Topic);
                await client.Start(cluster.Bootstrap);
                clients.Add(client);
            }
            catch (SkipException missing)
            {
                _outcomes[client.Name] = new RollingOutcome(missing.Message, null, client, "");
                await client.DisposeAsync();
            }
        }

        try
        {
            await Restart(cluster, clients);
            await Task.WhenAll(clients.Select(client => Finish(client, cluster)));
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    public Task DisposeAsync()
    {
        _http.Dispose();
        return Task.CompletedTask;
    }

    private static ProgramClient Python(string module, bool idempotent) => new(module, idempotent, (bootstrap, topic, group) =>
        Task.FromResult(Client.Start(Outside.Python, Checkout.ClientSource($"python/{module}.py"), "rolling", bootstrap, topic, group)));

    private async Task Restart(TestCluster cluster, IReadOnlyList<RollingClient> clients)
    {
        await Advance(clients);
        foreach (var node in cluster.Nodes)
        {
            var code = await node.Stop();
            if (code != 0) throw new InvalidOperationException($"Node {node.Id} ended with {code} instead of 0:\n{node.Log}");
            node.Launch();
            if (node.Id == 1) await cluster.Run("cluster", "health", "--exit-when-healthy", "--timeout", "90s", "--nodes", "3");
            else await Deadline.Until(() => node.IsReady(_http), s_patience, $"node {node.Id} is ready", cluster.Report);
            await Advance(clients);
        }
    }

    /// <summary>Waits until each client has written and read more; one that does not is left to its own report.</summary>
    private static async Task Advance(IReadOnlyList<RollingClient> clients)
    {
        var before = clients.ToDictionary(client => client, client => Transcript.Of(client.Lines).Seen);
        try
        {
            await Deadline.Until(
                () => clients.All(client => Transcript.Of(client.Lines) is var now && (now.HasErrors || now.Seen >= before[client] + Progress)),
                s_patience, "each client goes on");
        }
        catch (TimeoutException)
        {
            // What was not written or seen in the end is told by the client's transcript.
        }
    }

    private async Task Finish(RollingClient client, TestCluster cluster)
    {
        string? failure = null;
        try
        {
            await client.Finish();
        }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException)
        {
            failure = error.Message;
        }

        lock (_outcomes) _outcomes[client.Name] = new RollingOutcome(null, Transcript.Of(client.Lines), client, $"{failure}\n{client.Errors}\n{cluster.Report()}");
    }
}

/// <param name="Missing">Why the client could not take part, or null.</param>
internal sealed record RollingOutcome(string? Missing, Transcript? Transcript, RollingClient Client, string Report);
