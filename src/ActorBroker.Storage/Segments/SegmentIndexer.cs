namespace ActorBroker.Storage.Segments;

/// <summary>
/// Which batches of a segment get entries in its indexes: one after every <c>index.interval.bytes</c>, so that a reader walks over
/// at most that many bytes. The same rule for live appends, recovery, rebuilding and the cleaner.
/// </summary>
internal struct SegmentIndexer(long segmentBase, int intervalBytes)
{
    private const int DefaultIntervalBytes = 4096;

    private long _bytesSinceEntry;

    /// <summary>The largest timestamp so far and the last offset of the batch that has it; -1 before the first.</summary>
    public long MaxTimestamp = -1;
    public long OffsetOfMaxTimestamp = segmentBase;

    /// <summary>Takes up an existing segment behind its last entry.</summary>
    public void Resume(long maxTimestamp, long offsetOfMaxTimestamp, long bytesSinceEntry)
    {
        MaxTimestamp = maxTimestamp;
        OffsetOfMaxTimestamp = offsetOfMaxTimestamp;
        _bytesSinceEntry = bytesSinceEntry;
    }

    public void OnBatch(LogSegment segment, long lastOffset, long position, int size, long maxTimestamp, Action<LogIoException>? onFailure = null)
    {
        if (maxTimestamp > MaxTimestamp)
        {
            MaxTimestamp = maxTimestamp;
            OffsetOfMaxTimestamp = lastOffset;
        }
        if (_bytesSinceEntry > intervalBytes)
        {
            segment.Offsets.Append(new IndexEntry(lastOffset - segment.BaseOffset, (int)position), onFailure);
            AppendTime(segment, onFailure);
            _bytesSinceEntry = 0;
        }
        _bytesSinceEntry += size;
    }

    /// <summary>A segment's last time entry is its largest timestamp: what retention and look-ups by time go by.</summary>
    public readonly void Finish(LogSegment segment) => AppendTime(segment, null);

    /// <summary>Builds both indexes of a segment anew from its batch headers.</summary>
    public static void Rebuild(PartitionFiles files, LogSegment segment)
    {
        segment.Offsets.Clear();
        segment.Times.Clear();
        var indexer = new SegmentIndexer(segment.BaseOffset, DefaultIntervalBytes);
        Span<byte> block = stackalloc byte[BatchScan.BlockSize];
        var file = segment.Log.Acquire();
        try
        {
            var scan = new BatchScan(file, 0, segment.Size, block);
            while (scan.MoveNext())
                indexer.OnBatch(segment, scan.Header.LastOffset, scan.Position, scan.Size, scan.Header.MaxTimestamp);
            if (scan.IsBroken) throw segment.Corrupt(scan.Position, "no batch where one should be");
        }
        finally
        {
            segment.Log.Release();
        }
        indexer.Finish(segment);
        segment.Offsets.Store(trim: true);
        segment.Times.Store(trim: true);
    }

    private readonly void AppendTime(LogSegment segment, Action<LogIoException>? onFailure)
    {
        if (MaxTimestamp < 0) return;
        segment.Times.Append(new IndexEntry(MaxTimestamp, (int)(OffsetOfMaxTimestamp - segment.BaseOffset)), onFailure);
    }
}
