using ActorBroker.Core.Partitions;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Segments;

/// <summary>
/// Appends to the last segment of a log. Belongs to the owner.
///
/// A write that fails leaves no trace: the file is cut back to where it ended. When even that fails, the cut is made up before the next
/// write; until then readers are safe because they never read past <see cref="LogSegment.Size"/>. Blocks are reserved ahead in growing
/// steps without changing the file's length (fewer extents, no metadata work per write) and given back when the segment ends.
/// </summary>
internal sealed class SegmentWriter
{
    private readonly PartitionFiles _files;
    private readonly Action<LogIoException> _onIndexFailure;
    private SegmentIndexer _indexer;
    private long _position;
    private long _reservedTo;
    private bool _mustCut;

    private SegmentWriter(PartitionFiles files, LogSegment segment, PartitionSettings settings, long createdMs)
    {
        _files = files;
        Segment = segment;
        CreatedMs = createdMs;
        _indexer = new SegmentIndexer(segment.BaseOffset, settings.IndexIntervalBytes);
        _onIndexFailure = error => _files.Warn($"index entries of segment {segment.BaseOffset} could not be written and are left out", error);
    }

    public LogSegment Segment { get; }

    /// <summary>When the segment began, for <c>segment.ms</c> while no record in it has a timestamp.</summary>
    public long CreatedMs { get; }

    /// <summary>The largest timestamp of the segment's first batch, -1 while it is empty.</summary>
    public long FirstTimestamp { get; private set; } = -1;

    public long Position => _position;
    public long MaxTimestamp => _indexer.MaxTimestamp;
    public long OffsetOfMaxTimestamp => _indexer.OffsetOfMaxTimestamp;

    /// <summary>Starts a segment with an empty file; replaces leftovers of the same name.</summary>
    /// <param name="hasLeftovers">False in a directory that was made just now.</param>
    public static SegmentWriter Create(
        PartitionFiles files, long baseOffset, PartitionSettings settings, long nowMs, bool hasLeftovers = true)
    {
        if (hasLeftovers)
            foreach (var suffix in SegmentNames.SegmentSuffixes) files.Files.Delete(files.Of(baseOffset, suffix));
        var segment = new LogSegment(files, baseOffset, opening: FileOpening.Truncate) { Size = 0 };
        segment.Log.Acquire();
        segment.Log.Release();
        segment.TrustIndexes();
        return new SegmentWriter(files, segment, settings, nowMs);
    }

    /// <summary>Takes up an existing last segment: walks over the batches behind its last index entry.</summary>
    /// <param name="endOffset">The offset behind the segment's last batch; its base when it is empty.</param>
    /// <exception cref="LogCorruptException">What stands at the end is no batch.</exception>
    public static SegmentWriter Resume(PartitionFiles files, LogSegment segment, PartitionSettings settings, long nowMs, out long endOffset)
    {
        segment.EnsureIndexes();
        var writer = new SegmentWriter(files, segment, settings, nowMs) { _position = segment.Size, _reservedTo = segment.Size };
        endOffset = segment.BaseOffset;
        if (segment.Size == 0) return writer;
        var from = segment.Offsets.Last is { } entry ? entry.Value : 0;
        var (maxTimestamp, offsetOfMax) = segment.Times.Last is { } time
            ? (time.Key, segment.BaseOffset + time.Value)
            : (-1L, segment.BaseOffset);
        Span<byte> block = stackalloc byte[BatchScan.BlockSize];
        var file = segment.Log.Acquire();
        try
        {
            var scan = new BatchScan(file, from, segment.Size, block);
            while (scan.MoveNext())
            {
                endOffset = scan.Header.LastOffset + 1;
                if (scan.Header.MaxTimestamp <= maxTimestamp) continue;
                (maxTimestamp, offsetOfMax) = (scan.Header.MaxTimestamp, scan.Header.LastOffset);
            }
            if (scan.IsBroken) throw segment.Corrupt(scan.Position, "no batch where one should be");
        }
        finally
        {
            segment.Log.Release();
        }
        writer._indexer.Resume(maxTimestamp, offsetOfMax, segment.Size - from);
        writer.FirstTimestamp = segment.ReadFirstTimestamp();
        return writer;
    }

    /// <summary>One vectored write for all batches, then their index entries. On failure nothing of them is in the segment.</summary>
    public void Write(ReadOnlySpan<LogBatch> batches, PartitionSettings settings)
    {
        long bytes = 0;
        foreach (ref readonly var batch in batches) bytes += batch.Length;
        var file = Segment.Log.Acquire();
        try
        {
            if (_mustCut) CutBack(file);
            Reserve(file, _position + bytes, settings.SegmentBytes);
            WritePieces(file, batches);
        }
        catch (LogIoException)
        {
            _mustCut = true;
            TryCutBack(file);
            throw;
        }
        finally
        {
            Segment.Log.Release();
        }
        foreach (ref readonly var batch in batches)
        {
            if (FirstTimestamp < 0 && _position == 0) FirstTimestamp = batch.Facts.MaxTimestamp;
            _indexer.OnBatch(Segment, batch.LastOffset, _position, batch.Length, batch.Facts.MaxTimestamp, _onIndexFailure);
            _position += batch.Length;
        }
        Segment.Size = _position;
    }

    /// <summary>The segment is complete (or the log closes): last time entry, indexes to their files, reserved blocks back.</summary>
    public void Finish()
    {
        _indexer.Finish(Segment);
        Segment.ForgetLargestTimestamp();
        Segment.Offsets.Store(trim: true);
        Segment.Times.Store(trim: true);
        if (_reservedTo <= _position && !_mustCut) return;
        var file = Segment.Log.Acquire();
        try
        {
            CutBack(file);
        }
        finally
        {
            Segment.Log.Release();
        }
    }

    private static unsafe void WritePieces(StorageFile file, long position, ReadOnlySpan<LogBatch> batches)
    {
        Span<IoVec> pieces = stackalloc IoVec[Math.Min(batches.Length, 512)];
        var count = 0;
        long gathered = 0;
        foreach (ref readonly var batch in batches)
        {
            var at = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref batch.Buffer.Array[batch.Start]);
            if (count > 0 && pieces[count - 1].Base + pieces[count - 1].Length == at)
            {
                pieces[count - 1].Length += (nuint)batch.Length;
            }
            else
            {
                if (count == pieces.Length)
                {
                    file.Write(pieces, position);
                    position += gathered;
                    (count, gathered) = (0, 0);
                }
                pieces[count++] = new IoVec { Base = at, Length = (nuint)batch.Length };
            }
            gathered += batch.Length;
        }
        file.Write(pieces[..count], position);
    }

    private void WritePieces(StorageFile file, ReadOnlySpan<LogBatch> batches) => WritePieces(file, _position, batches);

    private void Reserve(StorageFile file, long end, int segmentBytes)
    {
        var settings = _files.Environment.Settings;
        if (end <= _reservedTo || end < settings.ReserveFromBytes) return;
        var doubled = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)end);
        var step = Math.Clamp(doubled, settings.ReserveStepMinBytes, settings.ReserveStepMaxBytes);
        var to = Math.Max(end, Math.Min(end + step, segmentBytes));
        // When the system refuses (no space, no support) the next try comes a step later; the write itself says whether there is room.
        if (to > end) file.TryReserve(_position, to - _position);
        _reservedTo = to;
    }

    private void CutBack(StorageFile file)
    {
        file.SetLength(_position);
        _reservedTo = _position;
        _mustCut = false;
    }

    private void TryCutBack(StorageFile file)
    {
        try
        {
            CutBack(file);
        }
        catch (LogIoException error)
        {
            _files.Warn($"segment {Segment.BaseOffset} could not be cut back after a failed write; it will be before the next one", error);
        }
    }
}
