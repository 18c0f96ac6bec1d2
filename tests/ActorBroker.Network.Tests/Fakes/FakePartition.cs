using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Network.Tests.Fakes;

/// <summary>A partition in memory. Appends settle at once, or when the test says so.</summary>
internal sealed class FakePartition(string topic, Uuid topicId, int index, BufferPool pool) : IPartition, ILogView
{
    private readonly Lock _lock = new();
    private readonly List<StoredBatch> _batches = [];
    private readonly List<(IWatermarkListener Listener, int Tag)> _listeners = [];
    private readonly Queue<AppendRequest> _held = new();
    private long _end;
    private long? _heldWatermark;

    public string Topic => topic;
    public Uuid TopicId => topicId;
    public int Index => index;
    public int LeaderEpoch { get; set; } = 3;
    /// <summary>Whom a reader in a rack is sent to.</summary>
    public Func<string, long, int>? ReplicaFor { get; set; }

    public int PreferredReadReplica(string rack, long fetchOffset) => ReplicaFor?.Invoke(rack, fetchOffset) ?? -1;

    public PartitionSettings Settings { get; set; } = new();
    public ILogView View => this;
    public TopicTraffic Traffic { get; } = new();
    public long LogStartOffset { get; set; }
    public long HighWatermark => _heldWatermark ?? _end;
    public long LastStableOffset => StableOffset ?? HighWatermark;
    public long? StableOffset { get; set; }
    public long LogEndOffset => _end;
    public List<AbortedTransaction> Aborted { get; } = [];
    public EpochEndOffset EpochEnd { get; set; } = new(-1, -1);
    public bool HoldsAppends { get; set; }
    public int PlanCalls { get; private set; }
    public Func<AppendRequest, AppendResult?>? OnAppend { get; set; }

    public int Listeners
    {
        get
        {
            lock (_lock) return _listeners.Count;
        }
    }

    public int HeldAppends
    {
        get
        {
            lock (_lock) return _held.Count;
        }
    }

    /// <summary>Sequence of the first timestamps of the appended batches; what order tests look at.</summary>
    public IReadOnlyList<long> Timestamps
    {
        get
        {
            lock (_lock) return [.. _batches.Select(batch => batch.BaseTimestamp)];
        }
    }

    public void Append(AppendRequest request)
    {
        lock (_lock)
        {
            if (HoldsAppends)
            {
                _held.Enqueue(request);
                return;
            }
        }

        Settle(request);
    }

    /// <summary>Settles the oldest held append.</summary>
    public void ReleaseOne()
    {
        AppendRequest request;
        lock (_lock) request = _held.Dequeue();
        Settle(request);
    }

    /// <summary>Keeps the watermark where it is until <see cref="Advance"/>.</summary>
    public void HoldWatermark() => _heldWatermark = HighWatermark;

    public void Advance()
    {
        _heldWatermark = null;
        Notify();
    }

    public void Close()
    {
        (IWatermarkListener, int)[] all;
        lock (_lock)
        {
            LeaderEpoch = -1;
            all = [.. _listeners];
        }

        foreach (var (listener, tag) in all) listener.OnClosed(tag);
    }

    public long AppendBatch(byte[] batch, IFileLease? file = null, long position = 0)
    {
        long offset;
        lock (_lock)
        {
            offset = _end;
            RecordBatchPatch.SetOffsetAndEpoch(batch, offset, LeaderEpoch);
            var view = new RecordBatchView(batch);
            _batches.Add(new StoredBatch(offset, view.LastOffsetDelta, batch, view.BaseTimestamp, file, position));
            _end = offset + view.LastOffsetDelta + 1;
        }

        Notify();
        return offset;
    }

    public int Plan(long offset, long upperBound, int maxBytes, bool firstBatchWhole, List<ReadSlice> slices)
    {
        lock (_lock)
        {
            PlanCalls++;
            var planned = 0;
            foreach (var batch in _batches)
            {
                if (batch.Offset + batch.LastOffsetDelta < offset) continue;
                if (batch.Offset >= upperBound) break;
                var fits = planned + batch.Bytes.Length <= maxBytes || (planned == 0 && firstBatchWhole);
                if (!fits) break;
                if (batch.File is not null)
                {
                    slices.Add(new ReadSlice(batch.File, batch.Position, batch.Bytes.Length));
                }
                else
                {
                    var buffer = pool.Rent(batch.Bytes.Length);
                    batch.Bytes.CopyTo(buffer.Array, 0);
                    slices.Add(new ReadSlice(buffer, 0, batch.Bytes.Length));
                }

                planned += batch.Bytes.Length;
            }

            return planned;
        }
    }

    /// <summary>The whole log, batch after batch.</summary>
    public byte[] AllBytes()
    {
        lock (_lock) return [.. _batches.SelectMany(batch => batch.Bytes)];
    }

    public void CollectAborted(long offset, long upperBound, List<AbortedTransaction> aborted) => aborted.AddRange(Aborted);

    public void Subscribe(IWatermarkListener listener, int tag)
    {
        lock (_lock)
        {
            if (LeaderEpoch >= 0)
            {
                _listeners.Add((listener, tag));
                return;
            }
        }

        listener.OnClosed(tag);
    }

    public void Unsubscribe(IWatermarkListener listener, int tag)
    {
        lock (_lock) _listeners.Remove((listener, tag));
    }

    public Task<OffsetLookup> FindOffsetAsync(long timestampMs, ReadIsolation isolation, CancellationToken cancel) =>
        Task.FromResult(timestampMs switch
        {
            -1 when isolation == ReadIsolation.ReadCommitted => new OffsetLookup(ErrorCode.None, LastStableOffset, -1, LeaderEpoch),
            -1 => new OffsetLookup(ErrorCode.None, HighWatermark, -1, LeaderEpoch),
            -2 => new OffsetLookup(ErrorCode.None, LogStartOffset, -1, LeaderEpoch),
            -9 => new OffsetLookup(ErrorCode.OffsetNotAvailable, -1, -1, -1),
            _ => new OffsetLookup(ErrorCode.None, -1, -1, -1),
        });

    public EpochEndOffset FindEpochEndOffset(int leaderEpoch) => EpochEnd;

    /// <summary>Replicas do not follow: deleting waits for as long as it may.</summary>
    public bool HoldsDeletions { get; set; }

    /// <summary>How long the leader is busy before it deletes.</summary>
    public TimeSpan DeletionTime { get; set; }

    public async Task<DeleteRecordsResult> DeleteRecordsAsync(long offset, CancellationToken cancel)
    {
        if (HoldsDeletions) return await new TaskCompletionSource<DeleteRecordsResult>().Task.WaitAsync(cancel);
        if (DeletionTime > TimeSpan.Zero) await Task.Delay(DeletionTime, cancel);
        LogStartOffset = offset < 0 ? HighWatermark : offset;
        return new DeleteRecordsResult(ErrorCode.None, LogStartOffset);
    }

    public Task<IReadOnlyList<ProducerDescription>> DescribeProducersAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ProducerDescription>>([new ProducerDescription(7, 1, 41, 1000, -1, -1)]);

    private void Settle(AppendRequest request)
    {
        if (OnAppend?.Invoke(request) is { } result)
        {
            request.Complete(result);
            return;
        }

        var batch = request.Buffer.Span(request.Start, request.Length).ToArray();
        var offset = AppendBatch(batch);
        request.Complete(new AppendResult(ErrorCode.None, null, offset, -1, LogStartOffset));
    }

    private void Notify()
    {
        (IWatermarkListener, int)[] all;
        lock (_lock) all = [.. _listeners];
        foreach (var (listener, tag) in all) listener.OnAdvanced(tag);
    }

    private sealed record StoredBatch(long Offset, int LastOffsetDelta, byte[] Bytes, long BaseTimestamp, IFileLease? File, long Position);
}
