using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>
/// Several broker processes that form one cluster: seeds 1 to n, further nodes as they are added. Disposing it ends all of them and removes
/// their directories and network.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _root = Checkout.NewScratch("cluster");
    private readonly ClusterNetwork _network;
    private readonly string[] _settings;
    private readonly int _seeds;
    private readonly List<ClusterNode> _nodes = [];

    private TestCluster(ClusterNetwork network, int seeds, string[] settings)
    {
        _network = network;
        _seeds = seeds;
        _settings = settings;
        AppDomain.CurrentDomain.ProcessExit += KillOnExit;
    }

    public IReadOnlyList<ClusterNode> Nodes => _nodes;
    public ClusterNetwork Network => _network;

    /// <summary>Disks that can be filled; null when the nodes use the machine's.</summary>
    public ClusterDisks? Disks { get; private set; }
    public string Bootstrap => string.Join(',', _nodes.Select(node => node.Bootstrap));

    public ClusterNode this[int id] => _nodes[id - 1];

    /// <summary>Makes the cluster without starting it. With <paramref name="isolated"/> links can be cut.</summary>
    public static async Task<TestCluster> Make(int nodes, bool isolated, params string[] settings) => await Make(nodes, nodes, isolated, settings);

    public static async Task<TestCluster> Make(int nodes, int seeds, bool isolated, params string[] settings)
    {
        var network = await ClusterNetwork.Create(nodes, isolated);
        var cluster = new TestCluster(network, seeds, settings);
        for (var id = 1; id <= nodes; id++) cluster.Add(id);
        return cluster;
    }

    /// <summary>Starts all nodes and waits until each answers and knows all.</summary>
    public static async Task<TestCluster> Start(int nodes, bool isolated, params string[] settings)
    {
        var cluster = await Make(nodes, isolated, settings);
        try
        {
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

    /// <summary>Waits until every running node answers with metadata that name all running nodes.</summary>
    public async Task Complete(TimeSpan? limit = null)
    {
        var running = _nodes.Where(node => node.IsRunning).ToList();
        foreach (var node in running)
        {
            await Deadline.Until(
                () => !node.IsRunning || ClusterProbe.Describe(node, [])?.Brokers.Count >= running.Count, limit ?? Patience,
                $"node {node.Id} answers and knows {running.Count} nodes", Report);
            if (!node.IsRunning) throw new InvalidOperationException($"Node {node.Id} ended:\n{Report()}");
        }
    }

    /// <summary>Waits until every partition of the topics has a leader and all of its replicas in sync, as every running node tells.</summary>
    public async Task InSync(TimeSpan limit, params string[] topics)
    {
        foreach (var node in _nodes.Where(node => node.IsRunning))
        {
            await Deadline.Until(
                () => ClusterProbe.Describe(node, topics) is { } view && view.Partitions.Count > 0
                    && view.Partitions.All(partition => partition.Leader >= 0 && partition.Isr.Length == partition.Replicas.Length),
                limit, $"all replicas of {string.Join(',', topics)} are in sync as node {node.Id} tells", () => $"{ClusterProbe.Describe(node, topics)}\n{Report()}");
        }
    }

    /// <summary>What some node that answers tells of the topics.</summary>
    public ClusterView? View(params string[] topics)
    {
        foreach (var node in _nodes)
            if (node.IsRunning && ClusterProbe.Describe(node, topics) is { } view) return view;
        return null;
    }

    /// <summary>Gives every node a disk of its own of so many MiB; before they are started.</summary>
    public async Task UseDisks(int megabytes)
    {
        Disks = new ClusterDisks();
        foreach (var node in _nodes) await Disks.Mount(node, megabytes);
    }

    public ClusterNode Add(int id)
    {
        var client = _network.IsIsolated ? 9092 : BrokerProcess.FreePort();
        var cluster = _network.IsIsolated ? 9093 : BrokerProcess.FreePort();
        var node = new ClusterNode(_network, id, Path.Combine(_root, $"node{id}"), client, cluster, Seeds, _settings);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Runs a command of the executable against the running nodes and returns what it wrote; another exit code than 0 fails the test.</summary>
    public async Task<string> Run(params string[] command)
    {
        await using var client = Command(command);
        return await client.Succeeds(Patience + TimeSpan.FromSeconds(10));
    }

    /// <summary>A command of the executable that runs against the nodes which run now.</summary>
    public Client Command(params string[] command) => Client.Start("dotnet", [BrokerKind.OursDll, .. command, "--bootstrap", RunningBootstrap]);

    public string RunningBootstrap => string.Join(',', _nodes.Where(node => node.IsRunning).Select(node => node.Bootstrap));

    public string Report() => string.Join('\n', _nodes.Select(node => $"=== node {node.Id} {(node.IsRunning ? "running" : "ended")}\n{node.Log}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.End();
        if (Disks is not null) await Disks.DisposeAsync();
        AppDomain.CurrentDomain.ProcessExit -= KillOnExit;
        await _network.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private string Seeds() => string.Join(',', _nodes.Take(_seeds).Select(node => node.ClusterAddress));

    private void KillOnExit(object? sender, EventArgs e)
    {
        foreach (var node in _nodes)
            if (node.IsRunning) node.Signal(Signals.Kill);
    }
}
