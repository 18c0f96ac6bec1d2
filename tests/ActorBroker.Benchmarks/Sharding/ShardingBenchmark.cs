using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Benchmarks.Sharding;

/// <summary>
/// How long it takes to start many entities on three actor systems of one process, as the broker starts its partition leaders: one shard
/// a node, each node starts its own through its region. Best of five, a cluster of its own for each round.
/// </summary>
internal static class ShardingBenchmark
{
    private const int Rounds = 5;
    private const int Nodes = 3;

    private const string Settings = """
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          actor.provider = cluster
          actor {
            serializers.start = "ActorBroker.Benchmarks.Sharding.StartMessageSerializer, ActorBroker.Benchmarks"
            serialization-bindings { "ActorBroker.Benchmarks.Sharding.StartMessage, ActorBroker.Benchmarks" = start }
          }
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          cluster {
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            periodic-tasks-initial-delay = 50ms
            sharding { retry-interval = 200ms, passivate-idle-entity-after = off }
          }
        }
        """;

    public static async Task<int> Run(string[] args)
    {
        var entities = args.Length > 0 ? int.Parse(args[0]) : 10_000;
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var (regions, all) = await Round(entities);
            Console.WriteLine($"  {Nodes} regions registered and started after {regions.TotalMilliseconds:N0} ms, {entities} entities after {all.TotalMilliseconds:N0} ms");
            best = all < best ? all : best;
        }
        Console.WriteLine($"{entities} entities on {Nodes} nodes: best {best.TotalMilliseconds:N0} ms (goal 3,000: {(best.TotalSeconds < 3 ? "met" : "missed")})");
        return 0;
    }

    private static async Task<(TimeSpan Regions, TimeSpan All)> Round(int entities)
    {
        var systems = Enumerable.Range(0, Nodes).Select(_ => ActorSystem.Create("bench", Settings)).ToArray();
        var clusters = systems.Select(global::Akka.Cluster.Cluster.Get).ToArray();
        foreach (var cluster in clusters)
            await cluster.JoinAsync(clusters[0].SelfAddress, CancellationToken.None);
        var started = new CountdownEvent(entities);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = Stopwatch.GetTimestamp();
        var regions = systems.Select((system, node) => ClusterSharding.Get(system).Start(
            "partition",
            _ => Props.Create(() => new Entity(started, done)),
            ClusterSharding.Get(system).Settings,
            new Extractor(),
            new OwnNode(node, [.. clusters.Select(c => c.SelfAddress)]),
            PoisonPill.Instance)).ToArray();
        var regionsAfter = Stopwatch.GetElapsedTime(start);
        for (var i = 0; i < entities; i++)
            regions[i % Nodes].Tell(new StartMessage($"{i % Nodes}", $"{Guid.NewGuid()}:{i}"), ActorRefs.NoSender);
        await done.Task;
        var all = Stopwatch.GetElapsedTime(start);
        await Task.WhenAll(systems.Select(s => s.Terminate()));
        return (regionsAfter, all);
    }

    private sealed class Entity(CountdownEvent started, TaskCompletionSource done) : UntypedActor
    {
        private bool _counted;

        protected override void OnReceive(object message)
        {
            if (_counted)
                return;
            _counted = true;
            if (started.Signal())
                done.TrySetResult();
        }
    }

    private sealed class Extractor : IMessageExtractor
    {
        public string? EntityId(object message) => (message as StartMessage)?.Entity;

        public object? EntityMessage(object message) => message;

        public string? ShardId(object message) => (message as StartMessage)?.Shard;

        public string ShardId(string entityId, object? messageHint = null) => (messageHint as StartMessage)?.Shard ?? "";
    }

    /// <summary>A shard is at the node with its number, and stays there.</summary>
    private sealed class OwnNode(int self, Address[] addresses) : IShardAllocationStrategy
    {
        public Task<IActorRef> AllocateShard(
            IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
        {
            var wanted = int.Parse(shardId);
            var region = currentShardAllocations.Keys.FirstOrDefault(r => r.Path.Address.HasLocalScope
                ? wanted == self
                : r.Path.Address.Equals(addresses[wanted]));
            return Task.FromResult(region ?? ActorRefs.Nobody);
        }

        public Task<IImmutableSet<string>> Rebalance(
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
            Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);
    }
}
