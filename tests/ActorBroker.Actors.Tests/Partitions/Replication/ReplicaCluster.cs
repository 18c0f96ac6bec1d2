using System.Collections.Concurrent;
using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

/// <summary>Three nodes that replicate one partition; the test cuts the wires between them, makes them lossy and stops nodes.</summary>
internal sealed class ReplicaCluster : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _root = Directory.CreateTempSubdirectory("actorbroker-replication-").FullName;
    private readonly ConcurrentDictionary<int, ReplicaNode> _nodes = new();
    private readonly ConcurrentDictionary<(int From, int To), bool> _cut = new();
    private readonly ConcurrentDictionary<int, long> _incarnations = new();
    private long _tag;

    public StubController Controller { get; } = new(new Uuid(1, 2), [1, 2, 3]);

    public PartitionSettings Settings { get; set; } = new() { MinInSyncReplicas = 2 };

    public ReplicationSettings Replication { get; set; } = new()
    {
        Limits = new ReplicationLimits { LagMaxMs = 15_000, ProbeAfterMs = 100 }, TickMs = 100,
    };

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Replication goes through sockets instead of the test's wires.</summary>
    public bool UsesSockets { get; init; }

    /// <summary>Leaders run under Cluster Sharding; each node is a cluster of its own, so that only its own shard is in it.</summary>
    public bool UsesSharding { get; init; }

    public long LagMaxMs
    {
        set => Replication = Replication with { Limits = Replication.Limits with { LagMaxMs = value } };
    }

    public int EnvelopeBytes { get; set; } = 80_000;

    public long TailBytes { get; set; } = 64 << 20;

    /// <summary>Of a thousand envelopes so many are lost.</summary>
    public int LossPerMille { get; set; }

    public long NextTag() => Interlocked.Increment(ref _tag);

    public ReplicaNode this[int id] => _nodes[id];

    public ReplicaNode Start(int id) => _nodes[id] = new ReplicaNode(this, id, Path.Combine(_root, $"node-{id}"));

    public void StartAll()
    {
        for (var id = 1; id <= 3; id++) Start(id);
    }

    public string DirectoryOf(int id) => Path.Combine(_root, $"node-{id}", "orders-0");

    public async Task StopAsync(int id) => await _nodes[id].DisposeAsync();

    public void Forget(ReplicaNode node)
    {
        _nodes.TryRemove(new KeyValuePair<int, ReplicaNode>(node.Id, node));
    }

    public void Cut(int from, int to) => _cut[(from, to)] = true;

    public void CutOff(int node)
    {
        for (var other = 1; other <= 3; other++)
        {
            Cut(node, other);
            Cut(other, node);
        }
    }

    public void Heal() => _cut.Clear();

    /// <summary>A process that starts again has a new incarnation, and the controller knows it.</summary>
    public long NextIncarnation(int id)
    {
        var incarnation = _incarnations.AddOrUpdate(id, 100 + id, (_, last) => last + 10);
        if (incarnation != 100 + id) Controller.ChangeBroker(id, broker => broker with { Incarnation = incarnation });
        return incarnation;
    }

    public IActorRef? Wire(ReplicaNode from, int to)
    {
        if (_cut.ContainsKey((from.Id, to)) || !_nodes.ContainsKey(to)) return null;
        return from.Wires.GetOrAdd(to, _ => from.System.ActorOf(Props.Create(() => new LossyWire(this, from.Id, to)), $"wire-{to}"));
    }

    /// <summary>The led partition of a node, as soon as it leads under the epoch.</summary>
    public async Task<ReplicaNode> LeaderAsync(int id, int epoch)
    {
        await Until(() => _nodes[id].Led?.LeaderEpoch == epoch, $"node {id} leads under epoch {epoch}");
        return _nodes[id];
    }

    public async Task<ReplicaNode> ElectAsync(int id, params int[] isr) => await LeaderAsync(id, Controller.Elect(id, isr));

    /// <summary>Waits until all replicas have the leader's log, byte by byte, and know its watermark.</summary>
    public async Task Agree(params int[] ids)
    {
        var leader = _nodes[Controller.Partition.Leader];
        await Until(() =>
        {
            foreach (var id in ids)
            {
                if (!_nodes.TryGetValue(id, out var node) || node.Any is not { } replica || leader.Led is not { } led) return false;
                if (replica.View.LogEndOffset != led.View.LogEndOffset || replica.View.HighWatermark != led.View.LogEndOffset) return false;
            }

            return true;
        }, $"nodes {string.Join(", ", ids)} have the leader's log");
        var expected = leader.ReadLog();
        foreach (var id in ids) Assert.Equal(expected, _nodes[id].ReadLog());
    }

    public string Describe() => $"isr [{string.Join(",", Controller.Partition.Isr)}] " + string.Join("; ", _nodes.Values.Select(node =>
        $"{node.Id}: {(node.Led is null ? "follows" : "leads")} [{node.Any?.View.LogStartOffset}, {node.Any?.View.HighWatermark}, {node.Any?.View.LogEndOffset}]"));

    public async Task Until(Func<bool> condition, string what)
    {
        var deadline = DateTime.UtcNow + Limit;
        while (!condition())
        {
            if (DateTime.UtcNow > deadline) Assert.Fail($"It never came to be that {what}: {Describe()}");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values.ToArray()) await node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private sealed class LossyWire(ReplicaCluster cluster, int from, int to) : UntypedActor
    {
        private readonly Random _random = new(from * 1000 + to);

        protected override void OnReceive(object message)
        {
            var isLost = _random.Next(1000) < cluster.LossPerMille || cluster._cut.ContainsKey((from, to));
            if (!isLost && cluster._nodes.TryGetValue(to, out var node)) node.Receiver.Tell(message, ActorRefs.NoSender);
        }
    }
}
