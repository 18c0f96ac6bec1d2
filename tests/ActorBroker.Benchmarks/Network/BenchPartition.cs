using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;
using Microsoft.Win32.SafeHandles;

namespace ActorBroker.Benchmarks.Network;

/// <summary>
/// A partition that costs next to nothing, so that what is measured is the gateway: appends are counted and settled at once; reads come
/// from one mebibyte of batches, over and over, in memory or in a cached file.
/// </summary>
internal sealed class BenchPartition : IPartition, ILogView, IFileLease
{
    private const int RegionBytes = 1 << 20;

    private readonly LeasedBuffer _region;
    private readonly int _batchBytes;
    private readonly int _recordsPerBatch;
    private readonly int _batches;
    private readonly bool _fromFile;
    private long _end;

    public BenchPartition(string topic, BufferPool pool, int recordsPerBatch, int valueBytes, bool fromFile)
    {
        Topic = topic;
        _fromFile = fromFile;
        _recordsPerBatch = recordsPerBatch;
        _region = pool.Rent(RegionBytes);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        for (var i = 0; i < recordsPerBatch; i++) builder.Append(1000, NullableBytes.Null, new byte[valueBytes]);
        var batch = builder.Build().Span;
        _batchBytes = batch.Length;
        _batches = RegionBytes / _batchBytes;
        for (var i = 0; i < _batches; i++) batch.CopyTo(_region.Span(i * _batchBytes, _batchBytes));
        Handle = File.OpenHandle(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.DeleteOnClose);
        RandomAccess.Write(Handle, _region.Span(0, _batches * _batchBytes), 0);
    }

    public string Topic { get; }
    public Uuid TopicId { get; } = Uuid.NewRandom();
    public int Index => 0;
    public int LeaderEpoch => 1;
    public PartitionSettings Settings { get; } = new() { MaxMessageBytes = 64 << 20 };
    public ILogView View => this;
    public SafeFileHandle Handle { get; }
    public long LogStartOffset => 0;
    public long HighWatermark => long.MaxValue / 2;
    public long LastStableOffset => HighWatermark;
    public long LogEndOffset => HighWatermark;

    public void Append(AppendRequest request)
    {
        var offset = Interlocked.Add(ref _end, request.Facts.RecordCount) - request.Facts.RecordCount;
        request.Complete(new AppendResult(ErrorCode.None, null, offset, -1, 0));
    }

    public int Plan(long offset, long upperBound, int maxBytes, bool firstBatchWhole, List<ReadSlice> slices)
    {
        var first = (int)(offset / _recordsPerBatch % _batches);
        var count = Math.Max(firstBatchWhole ? 1 : 0, Math.Min(maxBytes / _batchBytes, _batches - first));
        if (count == 0) return 0;
        var slice = _fromFile
            ? new ReadSlice(this, first * _batchBytes, count * _batchBytes)
            : new ReadSlice(_region.Lease(), first * _batchBytes, count * _batchBytes);
        slices.Add(slice);
        return slice.Length;
    }

    public void Release()
    {
    }

    public void CollectAborted(long offset, long upperBound, List<AbortedTransaction> aborted)
    {
    }

    public void Subscribe(IWatermarkListener listener, int tag)
    {
    }

    public void Unsubscribe(IWatermarkListener listener, int tag)
    {
    }

    public Task<OffsetLookup> FindOffsetAsync(long timestampMs, ReadIsolation isolation, CancellationToken cancel) =>
        Task.FromResult(new OffsetLookup(ErrorCode.None, timestampMs == -2 ? 0 : HighWatermark, -1, 1));

    public EpochEndOffset FindEpochEndOffset(int leaderEpoch) => new(-1, -1);

    public Task<DeleteRecordsResult> DeleteRecordsAsync(long offset, CancellationToken cancel) =>
        Task.FromResult(new DeleteRecordsResult(ErrorCode.None, 0));

    public Task<IReadOnlyList<ProducerDescription>> DescribeProducersAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ProducerDescription>>([]);
}
