using System.Collections.Immutable;
using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Partitions;
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

namespace ActorBroker.Actors.Tests.Partitions;

/// <summary>Partition leaders under their host, on real logs and the real journal in a scratch directory; the test plays the controller.</summary>
public abstract class PartitionSpec : Akka.TestKit.Xunit2.TestKit
{
    protected const int Node = 1;
    protected const long Incarnation = 7;
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    protected static readonly Uuid TopicId = new(1, 2);

    private readonly string _directory;
    private readonly BufferPool _buffers = new(64 << 20, 8 << 20);
    private readonly LogFlusher _flusher = new(1, Silent.Instance);
    private LogDirectory? _logs;

    protected PartitionSpec()
        : this(Directory.CreateTempSubdirectory("partitions").FullName)
    {
    }

    private PartitionSpec(string directory)
        : base(ConfigurationFactory.ParseString("""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
              actor.serialize-messages = on
            }
            """).WithFallback(AkkaOwnSerializer.Config).WithFallback(ActorsConfig.For(directory))) => _directory = directory;

    internal PartitionTable Table { get; } = new(_ => Task.FromResult<IReadOnlyList<LogDirectoryDescription>>([]));

    protected PartitionSettings Settings { get; set; } = new();

    /// <summary>Opens the directory and starts a host on it.</summary>
    internal IActorRef StartHost(ILeaderRegion? region = null)
    {
        var environment = new LogEnvironment(new StorageSettings(), _buffers, Silent.Instance);
        _logs = LogDirectory.Open(_directory, environment, found => found ?? new MetaProperties("cluster", Node, Uuid.Zero));
        var logs = new ReplicaLogs([_logs], environment);
        logs.OpenStored(_ => Settings);
        var services = new PartitionServices(Node, Table, _flusher, null, TimeProvider.System) { Region = region };
        return Sys.ActorOf(ReplicaHostActor.PropsFor(services, logs, (_, _) => Settings, Incarnation));
    }

    protected async Task StopHostAsync(IActorRef host) =>
        await host.Ask<ReplicasStopped>(StopReplicas.Instance, Limit, CancellationToken.None);

    protected static MetadataImage Image(int leaderEpoch, int leader = Node, long offset = 1, long incarnation = Incarnation)
    {
        var partition = new PartitionImage([Node], [Node], leader, leaderEpoch, leaderEpoch, []);
        var topic = new TopicImage("orders", TopicId, [partition]);
        return MetadataImage.Empty with
        {
            Offset = offset,
            Brokers = MetadataImage.Empty.Brokers.Add(Node, new BrokerImage(Node, incarnation, null, false, [])),
            Topics = MetadataImage.Empty.Topics.Add("orders", topic),
            TopicsById = ImmutableDictionary<Uuid, TopicImage>.Empty.Add(TopicId, topic),
        };
    }

    /// <summary>The partition on nodes 1, 2 and 3, led here under epoch 3.</summary>
    protected static MetadataImage Replicated(int partitionEpoch, params int[] isr)
    {
        var image = Image(3);
        var partition = new PartitionImage([1, 2, 3], [.. isr], Node, 3, partitionEpoch, []);
        var topic = new TopicImage("orders", TopicId, [partition]);
        return image with { Topics = image.Topics.SetItem("orders", topic), TopicsById = image.TopicsById.SetItem(TopicId, topic) };
    }

    /// <summary>The partition as soon as it is led under the epoch.</summary>
    protected async Task<IPartition> LedAsync(int epoch)
    {
        IPartition? led = null;
        await AwaitConditionAsync(() => Task.FromResult((led = Table.Find("orders", 0))?.LeaderEpoch == epoch), Limit, TimeSpan.FromMilliseconds(10));
        return led!;
    }

    protected Task<AppendResult> AppendAsync(IPartition partition, int records, short acks = -1, long producerId = -1, int sequence = -1, int expectedEpoch = -1)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            ProducerId = producerId, ProducerEpoch = (short)(producerId < 0 ? -1 : 0), BaseSequence = sequence,
        });
        for (var i = 0; i < records; i++) builder.Append(1000 + i, "key"u8, "value"u8);
        var bytes = builder.Build();
        var error = BatchValidator.Validate(bytes.Span, new BatchRules { NowMs = 2000 }, out var facts);
        Assert.Null(error);
        var buffer = _buffers.Rent(bytes.Length);
        bytes.Span.CopyTo(buffer.Array);
        var request = new TestAppend { Buffer = buffer, Length = bytes.Length, Facts = facts, Acks = acks, TimeoutMs = 5000, ExpectedLeaderEpoch = expectedEpoch };
        partition.Append(request);
        return request.Result;
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _flusher.Dispose();
        _logs?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private sealed class TestAppend : AppendRequest
    {
        private readonly TaskCompletionSource<AppendResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<AppendResult> Result => _result.Task.WaitAsync(Limit);

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
