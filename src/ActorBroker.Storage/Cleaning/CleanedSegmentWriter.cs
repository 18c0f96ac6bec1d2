using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Files;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Cleaning;

/// <summary>Writes a segment under its <c>.cleaned</c> name, with indexes, and makes all of it durable.</summary>
internal sealed class CleanedSegmentWriter : IDisposable
{
    private const int FlushAtBytes = 1 << 20;

    private readonly PartitionFiles _files;
    private readonly LogSegment _segment;
    private readonly StorageFile _file;
    private SegmentIndexer _indexer;
    private long _written;
    private bool _isFinished;

    public CleanedSegmentWriter(PartitionFiles files, long baseOffset, int indexIntervalBytes)
    {
        _files = files;
        foreach (var kind in SegmentNames.SegmentSuffixes) files.Files.Delete(files.Of(baseOffset, kind + SegmentNames.Cleaned));
        _file = files.Files.Open(files.Of(baseOffset, SegmentNames.Log + SegmentNames.Cleaned), FileOpening.Truncate);
        _segment = new LogSegment(files, baseOffset, SegmentNames.Cleaned) { Size = 0 };
        _segment.TrustIndexes();
        _indexer = new SegmentIndexer(baseOffset, indexIntervalBytes);
    }

    /// <summary>What is to be written next; <see cref="OnBatch"/> tells that a batch was added to it.</summary>
    public PooledBytes Buffer { get; } = new(FlushAtBytes);

    public long Position { get; private set; }

    public void OnBatch(in RecordBatchView batch)
    {
        _indexer.OnBatch(_segment, batch.LastOffset, Position, batch.SizeInBytes, batch.MaxTimestamp);
        Position += batch.SizeInBytes;
        if (Buffer.Length >= FlushAtBytes) WriteOut();
    }

    /// <summary>A marker of an aborted transaction stays: so does its entry in the index.</summary>
    public void AddAborted(AbortedEntry entry) => _segment.Aborted.Append(
        new CompletedTransaction(entry.ProducerId, entry.FirstOffset, entry.LastOffset, IsAborted: true, entry.LastStableOffset), error => throw error);

    public LogSegment Finish()
    {
        WriteOut();
        _file.Sync();
        _segment.Size = Position;
        _indexer.Finish(_segment);
        _segment.Offsets.Store(trim: true);
        _segment.Times.Store(trim: true);
        _segment.Offsets.Sync();
        _segment.Times.Sync();
        _segment.Aborted.Sync();
        _isFinished = true;
        return _segment;
    }

    public void Dispose()
    {
        _file.Dispose();
        Buffer.Dispose();
        if (_isFinished) return;
        _segment.DropFiles();
        _files.Warn($"cleaning of segment {_segment.BaseOffset} ended early");
    }

    private void WriteOut()
    {
        _file.Write(Buffer.Span, _written);
        _written += Buffer.Length;
        Buffer.Clear();
    }
}
