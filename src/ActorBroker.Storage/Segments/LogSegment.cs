using ActorBroker.Core.Ports;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Segments;

/// <summary>
/// A stretch of the log in one file, with its indexes: batches from <see cref="BaseOffset"/> on, 20 digits of which name the files. Reads
/// are safe on any thread; what changes a segment (<see cref="SegmentWriter"/>, truncation, renames) belongs to the log's owner.
/// Costs an idle partition one object: files and indexes come into being when they are used.
/// </summary>
internal sealed class LogSegment(
    PartitionFiles files, long baseOffset, string suffix = "", FileOpening opening = FileOpening.ReadWrite)
{
    private const long Unknown = long.MinValue;

    private readonly Lock _gate = new();
    private long _largestTimestamp = Unknown;
    private CachedFile? _log;
    private SparseIndex? _offsets;
    private SparseIndex? _times;
    private TransactionIndex? _aborted;
    private long _size = -1;
    private bool _indexesChecked;

    public long BaseOffset => baseOffset;

    public CachedFile Log => _log ?? Make(ref _log, SegmentNames.Log);
    public SparseIndex Offsets => _offsets ?? MakeIndex(ref _offsets, SegmentNames.OffsetIndex, hasLongKeys: false);
    public SparseIndex Times => _times ?? MakeIndex(ref _times, SegmentNames.TimeIndex, hasLongKeys: true);

    public TransactionIndex Aborted
    {
        get
        {
            if (_aborted is { } known) return known;
            lock (_gate) return _aborted ??= new TransactionIndex(Open(SegmentNames.TransactionIndex));
        }
    }

    /// <summary>Bytes of whole batches. Readers that hold an offset below the log's end see a size that covers it.</summary>
    public long Size
    {
        get
        {
            var size = Volatile.Read(ref _size);
            return size >= 0 ? size : LoadSize();
        }
        set => Volatile.Write(ref _size, value);
    }

    public bool IsSizeKnown => Volatile.Read(ref _size) >= 0;

    /// <summary>The position of the first batch whose last offset is at or beyond the offset; the size when there is none.</summary>
    public long Locate(long offset)
    {
        EnsureIndexes();
        var size = Size;
        var start = Offsets.TryFloorByKey(offset - baseOffset, out var entry) ? entry.Value : 0;
        if (start > size) start = 0;
        Span<byte> block = stackalloc byte[BatchScan.BlockSize];
        var file = Log.Acquire();
        try
        {
            var scan = new BatchScan(file, start, size, block);
            while (scan.MoveNext())
                if (scan.Header.LastOffset >= offset) return scan.Position;
            if (scan.IsBroken) throw Corrupt(scan.Position, "no batch where one should be");
            return size;
        }
        finally
        {
            Log.Release();
        }
    }

    /// <summary>
    /// The largest batch boundary that is at most <paramref name="endMax"/> and has only batches below <paramref name="upperBound"/> before
    /// it.
    /// <paramref name="firstEnd"/>: the end of the first of them, for a reader that takes one batch whatever its size; -1 when it is beyond
    /// the bound.
    /// </summary>
    public long BoundaryBefore(long start, long endMax, long upperBound, out long firstEnd)
    {
        var size = Size;
        var from = start;
        if (Offsets.TryFloorByValue(Math.Min(endMax, int.MaxValue), out var byPosition) &&
            Offsets.TryFloorByKey(Math.Min(upperBound - 1 - baseOffset, int.MaxValue), out var byOffset))
            from = Math.Max(start, Math.Min(byPosition.Value, byOffset.Value));
        firstEnd = from > start ? from : -1;
        Span<byte> block = stackalloc byte[BatchScan.BlockSize];
        var file = Log.Acquire();
        try
        {
            var scan = new BatchScan(file, from, size, block);
            while (scan.MoveNext())
            {
                if (scan.Header.LastOffset >= upperBound) return scan.Position;
                if (firstEnd < 0) firstEnd = scan.End;
                if (scan.End > endMax) return scan.Position;
                // What follows is not committed: its owner may be cutting it off or writing it anew at this moment.
                if (scan.Header.LastOffset + 1 >= upperBound) return scan.End;
            }
            if (scan.IsBroken) throw Corrupt(scan.Position, "no batch where one should be");
            return scan.Position;
        }
        finally
        {
            Log.Release();
        }
    }

    /// <summary>The offset behind the last batch; the base of an empty segment. Walks over what follows the last index entry.</summary>
    public long ReadEndOffset()
    {
        EnsureIndexes();
        var from = Offsets.Last is { } entry ? entry.Value : 0;
        Span<byte> block = stackalloc byte[BatchScan.BlockSize];
        var end = baseOffset;
        var file = Log.Acquire();
        try
        {
            var scan = new BatchScan(file, from, Size, block);
            while (scan.MoveNext()) end = scan.Header.LastOffset + 1;
            return scan.IsBroken ? throw Corrupt(scan.Position, "no batch where one should be") : end;
        }
        finally
        {
            Log.Release();
        }
    }

    /// <summary>The base timestamp's rule of <c>segment.ms</c>: the largest timestamp of the first batch, -1 in an empty segment.</summary>
    public long ReadFirstTimestamp()
    {
        Span<byte> header = stackalloc byte[RecordBatchLayout.HeaderSize];
        var file = Log.Acquire();
        try
        {
            return Size >= header.Length && file.Read(header, 0) == header.Length ? new RecordBatchView(header).MaxTimestamp : -1;
        }
        finally
        {
            Log.Release();
        }
    }

    /// <summary>The largest timestamp of an inactive segment, -1 when no record has one; the last entry of its time index.</summary>
    public long ReadLargestTimestamp()
    {
        var known = Volatile.Read(ref _largestTimestamp);
        if (known != Unknown) return known;
        EnsureIndexes();
        known = Times.Last is { } last ? last.Key : -1;
        Volatile.Write(ref _largestTimestamp, known);
        return known;
    }

    public void ForgetLargestTimestamp() => Volatile.Write(ref _largestTimestamp, Unknown);

    /// <summary>When the file was last written; what retention takes for a segment whose records carry no timestamps.</summary>
    public long LastModifiedMs => new DateTimeOffset(files.Files.LastWriteUtc(Log.Path)).ToUnixTimeMilliseconds();

    public bool Collect(long offset, long upperBound, List<AbortedTransaction> aborted) => Aborted.Collect(offset, upperBound, aborted);

    /// <summary>Looks once whether the indexes are there and plausible, and builds them from the log when they are not.</summary>
    public void EnsureIndexes()
    {
        if (Volatile.Read(ref _indexesChecked)) return;
        lock (_gate)
        {
            if (_indexesChecked) return;
            if (Size > 0 && (!Offsets.File.Exists || !Times.File.Exists || !Offsets.LooksSane(Size) || !Times.LooksSane(int.MaxValue)))
            {
                files.Warn($"indexes of segment {baseOffset} are missing or implausible: built again");
                SegmentIndexer.Rebuild(files, this);
            }
            Volatile.Write(ref _indexesChecked, true);
        }
    }

    /// <summary>The writer made the indexes, or recovery did: nothing to look at.</summary>
    public void TrustIndexes() => Volatile.Write(ref _indexesChecked, true);

    /// <summary>Renames all files that exist from one trailing suffix to another (<c>.deleted</c>, <c>.swap</c>, none).</summary>
    public void ChangeSuffix(string from, string to)
    {
        // Under the lock that makes files: one made in between would keep the old name for ever.
        lock (_gate)
        {
            foreach (var kind in SegmentNames.SegmentSuffixes)
            {
                var path = files.Of(baseOffset, kind + from);
                if (!files.Files.FileExists(path)) continue;
                var target = files.Of(baseOffset, kind + to);
                if (KnownFile(kind) is { } known) known.Rename(target);
                else files.Files.Rename(path, target);
            }
            foreach (var kind in SegmentNames.SegmentSuffixes) KnownFile(kind)?.MovedTo(files.Of(baseOffset, kind + to));
            suffix = to;
        }
    }

    /// <summary>The partition's directory has a new name.</summary>
    public void DirectoryMoved()
    {
        lock (_gate)
            foreach (var kind in SegmentNames.SegmentSuffixes) KnownFile(kind)?.MovedTo(files.Of(baseOffset, kind + suffix));
    }

    /// <summary>Lets the descriptors go once the last reader has released them.</summary>
    public void DropFiles()
    {
        foreach (var kind in SegmentNames.SegmentSuffixes) KnownFile(kind)?.Drop();
    }

    /// <summary>Gives idle descriptors back; the next use opens again.</summary>
    public void CloseFiles()
    {
        foreach (var kind in SegmentNames.SegmentSuffixes) KnownFile(kind)?.TryClose();
    }

    public LogCorruptException Corrupt(long position, string reason) => new(files.Partition, Log.Path, position, reason);

    private CachedFile? KnownFile(string kind) => kind switch
    {
        SegmentNames.Log => _log,
        SegmentNames.OffsetIndex => _offsets?.File,
        SegmentNames.TimeIndex => _times?.File,
        _ => _aborted?.File,
    };

    private CachedFile Open(string kind) => files.Open(baseOffset, kind + suffix, FileOpening.Create);

    private CachedFile Make(ref CachedFile? field, string kind)
    {
        lock (_gate) return field ??= files.Open(baseOffset, kind + suffix, opening);
    }

    private SparseIndex MakeIndex(ref SparseIndex? field, string kind, bool hasLongKeys)
    {
        lock (_gate) return field ??= new SparseIndex(Open(kind), hasLongKeys);
    }

    private long LoadSize()
    {
        var length = files.Files.LengthOf(Log.Path);
        return Interlocked.CompareExchange(ref _size, length, -1) is var known and >= 0 ? known : length;
    }
}
