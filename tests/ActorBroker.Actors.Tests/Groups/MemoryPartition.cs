using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Actors.Tests.Groups;

/// <summary>A led partition in memory whose writes can be held back, refused or left uncommitted.</summary>
internal sealed class MemoryPartition(int index) : IPartition, ILogView
{
    private readonly object _gate = new();
    private readonly List<(long Base, long End, LeasedBuffer Bytes, int Length)> _batches = [];
    private readonly List<(IWatermarkListener Listener, int Tag)> _listeners = [];
    private readonly Queue<AppendRequest> _held = new();
    private readonly BufferPool _pool = new(1 << 30, 1 << 20);
    private long _committed;
    private long _end;
    private int _epoch = 1;

    public string Topic => "__consumer_offsets";
    public Uuid TopicId => new(7, 7);
    public int Index => index;
    public int LeaderEpoch => Volatile.Read(ref _epoch);
    public PartitionSettings Settings { get; set; } = new() { IsCompacted = true };
    public ILogView View => this;
    public long LogStartOffset => 0;
    public long HighWatermark => Interlocked.Read(ref _committed);
    public long LastStableOffset => HighWatermark;
    public long LogEndOffset => Interlocked.Read(ref _end);

    /// <summary>Appends wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>The next append fails with this.</summary>
    public ErrorCode NextError { get; set; }

    /// <summary>Appended is not committed until <see cref="Commit"/>.</summary>
    public bool IsSlowToCommit { get; set; }

    /// <summary>Reading the log fails until this is cleared.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>How often reading has failed.</summary>
    public int FailedReads { get; private set; }

    /// <summary>Set: a load waits for it.</summary>
    public ManualResetEventSlim? ReadGate { get; set; }

    public int BatchCount
    {
        get { lock (_gate) return _batches.Count; }
    }

    public int HeldCount
    {
        get { lock (_gate) return _held.Count; }
    }

    public int LargestBatch
    {
        get { lock (_gate) return (int)_batches.Max(batch => batch.End - batch.Base); }
    }

    public void Append(AppendRequest request)
    {
        lock (_gate)
        {
            if (Holds)
            {
                _held.Enqueue(request);
                return;
            }
        }

        Take(request);
    }

    public void Release()
    {
        Holds = false;
        while (true)
        {
            AppendRequest? request;
            lock (_gate)
                if (!_held.TryDequeue(out request)) return;
            Take(request);
        }
    }

    /// <summary>Everything appended is committed now; whoever listens hears of it.</summary>
    public void Commit()
    {
        Interlocked.Exchange(ref _committed, LogEndOffset);
        foreach (var (listener, tag) in Listeners()) listener.OnAdvanced(tag);
    }

    /// <summary>Leadership goes; with <see cref="Lead"/> it comes back.</summary>
    public void Lose()
    {
        Volatile.Write(ref _epoch, -1);
        foreach (var (listener, tag) in Listeners()) listener.OnClosed(tag);
    }

    public void Lead(int epoch) => Volatile.Write(ref _epoch, epoch);

    /// <summary>Puts batches into the log as they are, as a segment file holds them.</summary>
    public void Preload(byte[] segment)
    {
        foreach (var batch in new RecordBatches(segment)) Keep(batch.Bytes, batch.BaseOffset, batch.LastOffset + 1);
        Interlocked.Exchange(ref _committed, LogEndOffset);
    }

    public void Subscribe(IWatermarkListener listener, int tag)
    {
        lock (_gate) _listeners.Add((listener, tag));
    }

    public void Unsubscribe(IWatermarkListener listener, int tag)
    {
        lock (_gate) _listeners.Remove((listener, tag));
    }

    public int Plan(long offset, long upperBound, int maxBytes, bool firstBatchWhole, List<ReadSlice> slices)
    {
        ReadGate?.Wait(TimeSpan.FromSeconds(30));
        if (IsUnreadable)
        {
            FailedReads++;
            throw new IOException("The disk is gone.");
        }

        var planned = 0;
        lock (_gate)
        {
            foreach (var (_, _, bytes, length) in _batches.Where(batch => batch.End > offset && batch.Base < upperBound))
            {
                if (planned + length > maxBytes && (planned > 0 || !firstBatchWhole)) break;
                slices.Add(new ReadSlice(bytes.Lease(), 0, length));
                planned += length;
            }
        }

        return planned;
    }

    public void CollectAborted(long offset, long upperBound, List<AbortedTransaction> aborted)
    {
    }

    public EpochEndOffset FindEpochEndOffset(int leaderEpoch) => new(-1, -1);

    public Task<OffsetLookup> FindOffsetAsync(long timestampMs, ReadIsolation isolation, CancellationToken cancel) =>
        Task.FromResult(new OffsetLookup(ErrorCode.None, -1, -1, -1));

    public Task<DeleteRecordsResult> DeleteRecordsAsync(long offset, CancellationToken cancel) =>
        Task.FromResult(new DeleteRecordsResult(ErrorCode.PolicyViolation, -1));

    public Task<IReadOnlyList<ProducerDescription>> DescribeProducersAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ProducerDescription>>([]);

    private void Take(AppendRequest request)
    {
        if (request.ExpectedLeaderEpoch != LeaderEpoch)
        {
            request.Complete(AppendResult.Failed(ErrorCode.NotLeaderOrFollower));
            return;
        }

        if (NextError is not (ErrorCode.None or ErrorCode.RequestTimedOut))
        {
            var error = NextError;
            NextError = ErrorCode.None;
            request.Complete(AppendResult.Failed(error));
            return;
        }

        var bytes = request.Buffer.Span(request.Start, request.Length);
        var first = LogEndOffset;
        RecordBatchPatch.SetOffsetAndEpoch(bytes, first, LeaderEpoch);
        Keep(bytes, first, first + request.Facts.LastOffsetDelta + 1);
        if (NextError == ErrorCode.RequestTimedOut)
        {
            NextError = ErrorCode.None;
            request.Complete(AppendResult.Failed(ErrorCode.RequestTimedOut));
        }
        else if (IsSlowToCommit)
        {
            request.Appended(first);
            lock (_gate) _held.Enqueue(new Committed(request, first));
        }
        else
        {
            Interlocked.Exchange(ref _committed, LogEndOffset);
            request.Complete(new AppendResult(ErrorCode.None, null, first, -1, 0));
        }
    }

    /// <summary>Ends the wait of what <see cref="IsSlowToCommit"/> has kept waiting.</summary>
    public void CommitHeld()
    {
        Commit();
        while (true)
        {
            AppendRequest? request;
            lock (_gate)
                if (!_held.TryDequeue(out request)) return;
            ((Committed)request).End();
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes, long first, long end)
    {
        var buffer = _pool.Rent(bytes.Length);
        bytes.CopyTo(buffer.Span(0, bytes.Length));
        lock (_gate) _batches.Add((first, end, buffer, bytes.Length));
        Interlocked.Exchange(ref _end, end);
    }

    private List<(IWatermarkListener Listener, int Tag)> Listeners()
    {
        lock (_gate) return [.. _listeners];
    }

    private sealed class Committed(AppendRequest request, long first) : AppendRequest
    {
        public void End() => request.Complete(new AppendResult(ErrorCode.None, null, first, -1, 0));

        public override void Complete(in AppendResult result) => request.Complete(result);
    }
}
