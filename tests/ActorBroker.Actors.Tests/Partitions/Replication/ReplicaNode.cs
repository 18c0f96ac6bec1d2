using System.Collections.Concurrent;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Partitions;
using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Flushing;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

/// <summary>One node of a replicated partition: real logs, host, lane and journal in an actor system of its own; the wire is the test's.</summary>
internal sealed class ReplicaNode : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static readonly Config s_sharded = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          cluster.sharding { state-store-mode = persistence, passivate-idle-entity-after = off, retry-interval = 200ms }
        }
        """).WithFallback(ClusterConfig.Reference());

    private readonly BufferPool _buffers = new(256 << 20, 32 << 20);
    private readonly ReplicaCluster _cluster;
    private readonly LogFlusher _flusher = new(1, Silent.Instance);
    private readonly ReplicationLane _lane;
    private readonly LogDirectory _directory;
    private readonly IActorRef _host;
    private readonly ActorSystem? _bulk;
    private bool _isStopped;

    public ReplicaNode(ReplicaCluster cluster, int id, string path)
    {
        _cluster = cluster;
        Id = id;
        System = ActorSystem.Create($"node-{id}", ConfigurationFactory.ParseString("""
            akka { loglevel = ERROR, stdout-loglevel = OFF, loggers = [], actor.serialize-messages = on }
            """).WithFallback(AkkaOwnSerializer.Config)
            .WithFallback(cluster.UsesSharding ? s_sharded : ConfigurationFactory.Empty)
            .WithFallback(ActorsConfig.For(path)));
        var environment = new LogEnvironment(new StorageSettings { TailBudgetBytes = cluster.TailBytes }, _buffers, Silent.Instance);
        _directory = LogDirectory.Open(path, environment, found => found ?? new MetaProperties("cluster", id, Uuid.Zero));
        Logs = new ReplicaLogs([_directory], environment);
        Logs.OpenStored(_ => cluster.Settings);
        Table = new PartitionTable(_ => Task.FromResult<IReadOnlyList<LogDirectoryDescription>>([]));
        var incarnation = cluster.NextIncarnation(id);
        var identity = new ReplicationIdentity(id, incarnation, cluster.EnvelopeBytes);
        var ports = new ReplicationLane.NodePorts(cluster.Controller, Metadata);
        if (cluster.UsesSockets)
        {
            _bulk = ActorSystem.Create(ReplicationLane.SystemName, ConfigurationFactory.ParseString("""
                akka { loglevel = ERROR, stdout-loglevel = OFF, loggers = [], remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 } }
                """).WithFallback(ActorsConfig.ForBulkLane()));
            var port = ((ExtendedActorSystem)_bulk).Provider.DefaultAddress.Port!.Value;
            cluster.Controller.ChangeBroker(id, broker => broker with { Lanes = new LaneAddresses("127.0.0.1", 0, port) });
            _lane = ReplicationLane.Start(_bulk, identity, cluster.Replication, _buffers, ports);
        }
        else
        {
            _lane = ReplicationLane.Start(System, identity, cluster.Replication, _buffers, ports, node => cluster.Wire(this, node));
        }

        var region = cluster.UsesSharding ? new PartitionRegion(id) : null;
        var services = new PartitionServices(id, Table, _flusher, null, cluster.Clock) { Replication = _lane.Services, Region = region };
        if (region is not null)
        {
            var own = Akka.Cluster.Cluster.Get(System);
            own.Join(own.SelfAddress);
            region.StartAsync(System, services).GetAwaiter().GetResult();
        }

        _host = System.ActorOf(ReplicaHostActor.PropsFor(services, Logs, (_, _) => cluster.Settings, incarnation), "replicas");
        Metadata.Follow(image => _host.Tell(new ImagePublished(image), ActorRefs.NoSender));
        cluster.Controller.Follow(Metadata.Publish);
    }

    public int Id { get; }

    public ActorSystem System { get; }

    public PartitionTable Table { get; }

    public ReplicaLogs Logs { get; }

    public MetadataPublisher Metadata { get; } = new();

    public ConcurrentDictionary<int, IActorRef> Wires { get; } = new();

    public IActorRef Receiver => _lane.Receiver;

    public BufferPool Buffers => _buffers;

    public long InSyncBytes => _lane.Services.Replicated.InSyncBytes;

    public PeerLink LinkTo(int node) => _lane.Services.Links.To(node);

    public IPartition? Led => Table.Find("orders", 0);

    public IPartition? Followed => Table.FindFollower("orders", 0);

    public IPartition? Any => Led ?? Followed;

    /// <summary>As a failed sync of somebody else's log does it.</summary>
    public void TakeDirectoryOffline() => _directory.MarkOffline(new IOException("The disk is gone."));

    /// <summary>Records of a batch that is not compressed, each <paramref name="valueBytes"/> long.</summary>
    public Task<AppendResult> AppendAsync(int records, short acks = -1, int valueBytes = 5, int timeoutMs = 20_000)
    {
        var partition = Led;
        if (partition is null) return Task.FromResult(AppendResult.Failed(ErrorCode.NotLeaderOrFollower));
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        var value = new byte[valueBytes];
        value.AsSpan().Fill(7);
        var tag = _cluster.NextTag();
        for (var i = 0; i < records; i++)
        {
            BitConverter.TryWriteBytes(value, tag);
            builder.Append(1000 + i, "key"u8, value);
        }

        var bytes = builder.Build();
        Assert.Null(BatchValidator.Validate(bytes.Span, new BatchRules { NowMs = 2000, MaxMessageBytes = int.MaxValue }, out var facts));
        var buffer = _buffers.Rent(bytes.Length);
        bytes.Span.CopyTo(buffer.Array);
        var request = new TestAppend { Buffer = buffer, Length = bytes.Length, Facts = facts, Acks = acks, TimeoutMs = timeoutMs };
        partition.Append(request);
        return request.Result;
    }

    /// <summary>The bytes of the whole log, as a reader finds them.</summary>
    public byte[] ReadLog()
    {
        var view = Any!.View;
        var log = new MemoryStream();
        var slices = new List<ReadSlice>();
        for (var offset = view.LogStartOffset; offset < view.LogEndOffset;)
        {
            slices.Clear();
            var planned = view.Plan(offset, view.LogEndOffset, 1 << 20, true, slices);
            if (planned == 0) throw new InvalidOperationException($"nothing at {offset} of [{view.LogStartOffset}, {view.LogEndOffset})");
            var chunk = new byte[planned];
            var at = 0;
            foreach (var slice in slices)
            {
                if (slice.Buffer is { } memory) memory.Span((int)slice.Position, slice.Length).CopyTo(chunk.AsSpan(at));
                else Assert.Equal(slice.Length, RandomAccess.Read(slice.File!.Handle, chunk.AsSpan(at, slice.Length), slice.Position));
                at += slice.Length;
                slice.Release();
            }

            foreach (var batch in new RecordBatches(chunk)) offset = batch.LastOffset + 1;
            log.Write(chunk);
        }

        return log.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        _cluster.Forget(this);
        await _host.Ask<ReplicasStopped>(StopReplicas.Instance, s_limit, CancellationToken.None);
        await System.Terminate();
        if (_bulk is not null) await _bulk.Terminate();
        _lane.Dispose();
        _flusher.Dispose();
        _directory.Dispose();
    }

    private sealed class TestAppend : AppendRequest
    {
        private readonly TaskCompletionSource<AppendResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<AppendResult> Result => _result.Task.WaitAsync(s_limit);

        public override void Complete(in AppendResult result)
        {
            Buffer.Release();
            _result.SetResult(result);
        }
    }

    private sealed class Silent : IStorageLog
    {
        public static readonly Silent Instance = new();

        public void Write(StorageLogLevel level, string message, Exception? error = null)
        {
            // Tests assert on what happens, not on what is said about it.
        }
    }
}
