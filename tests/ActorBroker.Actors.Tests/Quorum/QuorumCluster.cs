using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Quorum;
using ActorBroker.Storage.Quorum;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Actors.Tests.Quorum;

/// <summary>
/// Some nodes of a cluster in one process: each an actor system with a directory of its own, the messages between them handed over directly
/// (but as bytes, and the large ones in pieces). A node can be stopped, its disk wiped, and started again.
/// </summary>
internal sealed class QuorumCluster(string extraConfig = "") : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _root = Directory.CreateTempSubdirectory("quorum-cluster").FullName;
    private readonly ConcurrentDictionary<int, ActorSystem> _systems = [];
    private ImmutableHashSet<int> _unreachable = [];
    private readonly Dictionary<int, QuorumSettings> _settings = [];

    public QuorumAccess this[int node] => QuorumAccess.Get(_systems[node]);

    public ActorSystem System(int node) => _systems[node];

    public string DirectoryOf(int node) => Path.Combine(_root, $"n{node}");

    public static LaneAddress AddressOf(int node) => new("host", node);

    /// <summary>Starts nodes that find their cluster; all of them become voters of a new one when they are empty.</summary>
    public async Task<BootstrapStep[]> StartAsync(ImmutableArray<int> seeds, params int[] nodes)
    {
        foreach (var node in nodes) StartActors(node);
        return await Task.WhenAll(nodes.Select(node => BootstrapAsync(node, seeds, null)));
    }

    public void StartActors(int node)
    {
        var config = ConfigurationFactory.ParseString(extraConfig).WithFallback(ConfigurationFactory.ParseString("""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              actor {
                serialize-messages = on
                serializers.ledger = "ActorBroker.Actors.Tests.Quorum.LedgerSerializer, ASSEMBLY"
                serialization-bindings { "ActorBroker.Actors.Tests.Quorum.Noted, ASSEMBLY" = ledger }
              }
            }
            """.Replace("ASSEMBLY", typeof(QuorumCluster).Assembly.GetName().Name, StringComparison.Ordinal))).WithFallback(QuorumConfig.Default());
        var system = ActorSystem.Create($"q{node}", config);
        _systems[node] = system;
        var directory = DirectoryOf(node);
        Directory.CreateDirectory(directory);
        _settings[node] = new QuorumSettings { TimeoutMs = 4_000, RetransmitMs = 100, BootstrapIntervalMs = 30, BootstrapAllSeedsMs = 60_000 };
        QuorumAccess.Get(system).Start(
            new QuorumNode(node, 1000 + node, AddressOf(node), directory), QuorumStore.Open(directory, node), QuorumProperties.Read(directory),
            _settings[node], voter => Target(voter.Port));
    }

    public async Task<BootstrapStep> BootstrapAsync(int node, ImmutableArray<int> seeds, BootstrapRequest? request)
    {
        var asked = (request ?? new BootstrapRequest([])) with { Seeds = [.. seeds.Select(AddressOf)], Resolve = address => Target(address.Port) };
        var step = await this[node].BootstrapAsync(asked, _settings[node]).WaitAsync(Limit);
        if (step is JoinSelf or JoinNodes) this[node].Joined(true);
        return step;
    }

    public async Task StopAsync(int node)
    {
        if (!_systems.TryRemove(node, out var system)) return;
        await system.Terminate().WaitAsync(Limit);
    }

    /// <summary>Links to these nodes carry nothing from now on.</summary>
    public void CutOff(params int[] nodes) => ImmutableInterlocked.Update(ref _unreachable, (cut, more) => cut.Union(more), nodes);

    public void Reach(params int[] nodes) => ImmutableInterlocked.Update(ref _unreachable, (cut, fewer) => cut.Except(fewer), nodes);

    public void Wipe(int node) => Directory.Delete(DirectoryOf(node), recursive: true);

    public Voter VoterOf(int node) => new(node, this[node].Standing.FileId, "host", node);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _systems.Keys.ToList()) await StopAsync(node);
        Directory.Delete(_root, recursive: true);
    }

    private ICanTell Target(int node) =>
        !Volatile.Read(ref _unreachable).Contains(node) && _systems.TryGetValue(node, out var system) ? system.ActorSelection("/user/quorum") : ActorRefs.Nobody;
}
