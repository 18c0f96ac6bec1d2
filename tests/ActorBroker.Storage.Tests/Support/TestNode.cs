using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Tests.Support;

/// <summary>One log directory in a temporary place, which can be stopped, killed and opened again.</summary>
internal sealed class TestNode : IDisposable
{
    public static readonly TopicPartition Partition = new("orders", 0);
    public static readonly Uuid TopicId = new(0x1234, 0x5678);

    /// <summary>The tests' records are old: their producers must not count as expired.</summary>
    public static readonly StorageSettings Lasting = new() { ProducerExpirationMs = long.MaxValue / 2 };

    private readonly StorageFiles? _files;
    private readonly bool _ownsRoot;

    public TestNode(StorageSettings? storage = null, StorageFiles? files = null, string? root = null)
    {
        Storage = storage ?? Lasting;
        _files = files;
        _ownsRoot = root is null;
        Root = root ?? Directory.CreateTempSubdirectory("actorbroker-storage-").FullName;
        Start();
    }

    public string Root { get; }
    public StorageSettings Storage { get; set; }
    public BufferPool Pool { get; } = new(256 << 20, 64 << 20);
    public RecordingLog Said { get; } = new();
    public LogEnvironment Environment { get; private set; } = null!;
    public LogDirectory Logs { get; private set; } = null!;
    public string PartitionPath => Path.Combine(Root, Partition.ToString());

    public void Start()
    {
        Environment = _files is null ? new LogEnvironment(Storage, Pool, Said) : new LogEnvironment(Storage, Pool, Said, _files);
        Logs = LogDirectory.Open(Root, Environment, found => found ?? new MetaProperties("test-cluster", 1, Uuid.Zero));
    }

    public PartitionLog Open(PartitionSettings? settings = null, TopicPartition? partition = null) =>
        PartitionLog.Open(Logs, partition ?? Partition, TopicId, settings ?? new PartitionSettings(), Logs.OpenMode);

    /// <summary>Stops in order and starts again.</summary>
    public void Restart(params PartitionLog[] logs)
    {
        foreach (var log in logs) Assert.True(log.Close(clean: true));
        Logs.Close(clean: true);
        Start();
    }

    /// <summary>The process dies; what was written to files is there.</summary>
    public void Kill(params PartitionLog[] logs)
    {
        foreach (var log in logs) log.Close(clean: false);
        Logs.Close(clean: false);
        Start();
    }

    public void Dispose()
    {
        Logs.Dispose();
        if (_ownsRoot) Directory.Delete(Root, recursive: true);
    }

    /// <summary>Appends and gives the test's leases back, as a gateway does once the request is answered.</summary>
    public static AppendOutcome Append(PartitionLog log, params LogBatch[] batches)
    {
        var outcome = log.Append(batches, nowMs: BatchSource.Epoch2024);
        foreach (var batch in batches) batch.Buffer.Release();
        return outcome;
    }

    /// <summary>Appends so many plain batches at the log's end and makes them visible.</summary>
    public void Fill(PartitionLog log, int batches, int recordsPerBatch = 3, int valueBytes = 20, int leaderEpoch = 0)
    {
        for (var i = 0; i < batches; i++)
        {
            var outcome = Append(log, BatchSource.Plain(Pool, log.LogEndOffset, recordsPerBatch, leaderEpoch, valueBytes));
            if (outcome.Failure is { } failure) throw failure;
        }
        log.UpdateHighWatermark(log.LogEndOffset);
    }

    public static void Flush(PartitionLog log)
    {
        if (log.BeginFlush() is not { } work) return;
        var result = work.Execute();
        log.CompleteFlush(result);
        if (result.Failure is { } failure) throw failure;
        log.Directory.WriteCheckpoints();
    }

    /// <summary>Base and last offsets of the batches from the offset to the bound, each checked with its CRC.</summary>
    public static List<(long Base, long Last)> Read(PartitionLog log, long offset, long? upperBound = null, int maxBytes = 1 << 20)
    {
        var found = new List<(long, long)>();
        var bound = upperBound ?? log.LogEndOffset;
        while (offset < bound)
        {
            var bytes = ReadBytes(log.View, offset, bound, maxBytes);
            if (bytes.Length == 0) break;
            foreach (var batch in new RecordBatches(bytes))
            {
                Assert.True(batch.IsCrcValid, $"CRC of the batch at {batch.BaseOffset}");
                found.Add((batch.BaseOffset, batch.LastOffset));
                offset = batch.LastOffset + 1;
            }
        }
        return found;
    }

    public static byte[] ReadBytes(ILogView view, long offset, long upperBound, int maxBytes)
    {
        var slices = new List<ReadSlice>();
        var planned = view.Plan(offset, upperBound, maxBytes, firstBatchWhole: true, slices);
        var bytes = new byte[planned];
        var at = 0;
        foreach (var slice in slices)
        {
            var piece = bytes.AsSpan(at, slice.Length);
            if (slice.Buffer is { } buffer) buffer.Span((int)slice.Position, slice.Length).CopyTo(piece);
            else Assert.Equal(slice.Length, RandomAccess.Read(slice.File!.Handle, piece, slice.Position));
            at += slice.Length;
            slice.Release();
        }
        Assert.Equal(planned, at);
        return bytes;
    }

    public static void AssertWhole(PartitionLog log, long from = 0)
    {
        var next = from;
        foreach (var (first, last) in Read(log, from))
        {
            Assert.True(first <= next && last >= next, $"batch {first}..{last} where offset {next} should be");
            next = last + 1;
        }
        Assert.Equal(log.LogEndOffset, next);
    }
}
