using System.Collections.Immutable;
using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Quorum;
using ActorBroker.Storage.Quorum;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Actors.Tests.Quorum;

/// <summary>Three nodes over real connections, found by their addresses, as in a cluster before and after anybody has joined.</summary>
public sealed class QuorumOverRemoteTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = QuorumCluster.Limit;
    private static readonly QuorumSettings Patience = new() { BootstrapIntervalMs = 50, BootstrapAllSeedsMs = 60_000 };

    private readonly string _root = Directory.CreateTempSubdirectory("quorum-remote").FullName;
    private readonly Dictionary<int, ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems.Values) await system.Terminate().WaitAsync(Limit);
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Three_nodes_come_to_one_cluster_write_and_outlive_one_of_them()
    {
        for (var node = 1; node <= 3; node++) Start(node, port: 0);
        ImmutableArray<LaneAddress> seeds = [AddressOf(1), AddressOf(2), AddressOf(3)];
        var steps = await Task.WhenAll(Enumerable.Range(1, 3).Select(node => BootstrapAsync(node, seeds)));
        Assert.Single(steps, step => step is JoinSelf);

        var large = new string('y', 400_000);
        var ledger = _systems[1].ActorOf(Ledger.PropsFor("ledger"));
        await ledger.Ask<int>(new Note("one"), Limit);
        Assert.Equal(2, await ledger.Ask<int>(new Note(large), Limit));
        await _systems[1].Terminate().WaitAsync(Limit);
        _systems.Remove(1);

        var next = _systems[3].ActorOf(Ledger.PropsFor("ledger"));
        var contents = await next.Ask<Contents>(new Read(), Limit);
        Assert.Equal(("one", 400_000), (contents.Texts[0], contents.Texts[1].Length));
        Assert.Equal(3, await next.Ask<int>(new Note("three"), Limit));
    }

    private void Start(int node, int port)
    {
        var config = ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              actor {
                provider = remote
                serializers.ledger = "ActorBroker.Actors.Tests.Quorum.LedgerSerializer, {{typeof(QuorumCluster).Assembly.GetName().Name}}"
                serialization-bindings { "ActorBroker.Actors.Tests.Quorum.Noted, {{typeof(QuorumCluster).Assembly.GetName().Name}}" = ledger }
              }
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
            }
            """).WithFallback(QuorumConfig.Default());
        var system = ActorSystem.Create("actorbroker", config);
        _systems[node] = system;
        var directory = Path.Combine(_root, $"n{node}");
        Directory.CreateDirectory(directory);
        QuorumAccess.Get(system).Start(
            new QuorumNode(node, node, AddressOf(node), directory), QuorumStore.Open(directory, node), QuorumProperties.Read(directory), Patience, null);
    }

    private async Task<BootstrapStep> BootstrapAsync(int node, ImmutableArray<LaneAddress> seeds)
    {
        var access = QuorumAccess.Get(_systems[node]);
        var step = await access.BootstrapAsync(new BootstrapRequest(seeds), Patience).WaitAsync(Limit);
        access.Joined(step is JoinSelf or JoinNodes);
        return step;
    }

    private LaneAddress AddressOf(int node)
    {
        var address = ((ExtendedActorSystem)_systems[node]).Provider.DefaultAddress;
        return new LaneAddress(address.Host!, address.Port!.Value);
    }
}
