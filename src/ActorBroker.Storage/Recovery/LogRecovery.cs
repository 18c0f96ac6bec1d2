using System.Buffers;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Files;
using ActorBroker.Storage.Flushing;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Recovery;

/// <summary>
/// Brings a log back after a crash, in time that depends on its tail only.
///
/// It begins at the newest producer snapshot at or below the recovery point; up to the recovery point batch headers are walked (they were
/// synced), behind it every batch is checked with its CRC. On the way producers, leader epochs, indexes and the transaction index are built
/// again. At the first bytes that are no sound batch <see cref="DamageVerdict"/> decides: cut here, later segments included, or refuse. A
/// gap between segments behind the recovery point is a lost end of the former: what follows is cut too (the cleaner, which makes gaps,
/// works below the recovery point only).
/// </summary>
internal sealed class LogRecovery
{
    private const int BlockBytes = 1 << 20;

    private readonly LogState _state;
    private readonly long _recoveryPoint;
    private readonly ProducerStateTable _producers;
    private readonly long _from;
    private long _end;

    private LogRecovery(LogState state, long recoveryPoint)
    {
        _state = state;
        _recoveryPoint = recoveryPoint;
        (_producers, _from) = ProducerLoader.LoadSnapshot(state, recoveryPoint);
    }

    /// <summary>Sets the log's end, producers and epochs; may cut the log.</summary>
    /// <exception cref="LogCorruptException">The log must not be served.</exception>
    public static void Run(LogState state, long recoveryPoint) => new LogRecovery(state, recoveryPoint).Run();

    private void Run()
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            RecoverSegments(block);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        if (_end < _recoveryPoint)
            _state.Files.Warn($"the log ends at {_end}, below its recovery point {_recoveryPoint}: what was in between is gone");
        _state.LogEnd = _end;
        _state.FullyFlushedTo = Math.Min(_from, _end);
        SnapshotFiles.RemoveBeyond(_state, _end);
        _state.Epochs.TruncateFromEnd(_end);
        ProducerLoader.Publish(_state, _producers);
    }

    private void RecoverSegments(byte[] block)
    {
        var segments = _state.Segments;
        var first = Math.Max(0, LogState.Floor(segments, _from));
        _end = segments[first].BaseOffset;
        for (var i = first; i < segments.Length; i++)
        {
            if (i > first && segments[i].BaseOffset != _end && IsLostEnd(segments[i]))
            {
                Drop(segments, i, $"the segment before it ends at {_end}");
                return;
            }
            if (RecoverSegment(segments[i], i == segments.Length - 1, block)) continue;
            if (i + 1 < segments.Length) Drop(segments, i + 1, "the segment before it was cut");
            return;
        }
    }

    private bool IsLostEnd(LogSegment next)
    {
        if (next.BaseOffset < _end) throw next.Corrupt(0, $"the segment begins below the end {_end} of the one before it");
        return _end >= _recoveryPoint && !_state.Settings.IsCompacted;
    }

    // True when the segment is whole; false when it was cut.
    private bool RecoverSegment(LogSegment segment, bool isLast, byte[] block)
    {
        segment.Size = -1;
        var file = segment.Log.Acquire();
        try
        {
            var reader = new BlockReader(file, file.Length, block);
            var indexer = new SegmentIndexer(segment.BaseOffset, _state.Settings.IndexIntervalBytes);
            var position = PlaceToStart(segment, reader, ref indexer);
            segment.TrustIndexes();
            segment.Aborted.TruncateTo(Math.Max(_from, segment.BaseOffset));
            _end = Math.Max(_end, segment.BaseOffset);
            while (position < reader.Length)
            {
                var size = CheckBatch(segment, reader, position);
                if (size < 0) break;
                var header = new RecordBatchView(reader.Peek(position, RecordBatchLayout.HeaderSize));
                indexer.OnBatch(segment, header.LastOffset, position, (int)size, header.MaxTimestamp);
                _end = header.LastOffset + 1;
                if (header.BaseOffset >= _from) Apply(segment, reader, position, header);
                position += size;
            }
            segment.Size = position;
            var isWhole = position == reader.Length;
            if (!isWhole) _state.Files.Warn($"segment {segment.BaseOffset}: {reader.Length - position} bytes behind offset {_end} are torn and cut off");
            if (!isWhole || isLast) file.SetLength(position);
            if (!isLast) Finish(segment, indexer);
            return isWhole;
        }
        finally
        {
            segment.Log.Release();
        }
    }

    // Behind the last index entry that is durable and leads to a batch; at the segment's start when there is none or little to walk.
    private long PlaceToStart(LogSegment segment, BlockReader reader, ref SegmentIndexer indexer)
    {
        if (reader.Length > FlushPlanner.ReplayBytesMax && segment.BaseOffset < _from)
        {
            segment.Offsets.KeepSoundPrefix(keyLimit: _from - segment.BaseOffset, valueLimit: reader.Length);
            if (segment.Offsets.Last is { } entry && LeadsToBatch(segment, reader, entry))
            {
                segment.Times.KeepSoundPrefix(keyLimit: long.MaxValue, valueLimit: entry.Key + 1);
                if (segment.Times.Last is { } time) indexer.Resume(time.Key, segment.BaseOffset + time.Value, 0);
                return entry.Value;
            }
        }
        segment.Offsets.KeepSoundPrefix(0, 0);
        segment.Times.KeepSoundPrefix(0, 0);
        return 0;
    }

    private static bool LeadsToBatch(LogSegment segment, BlockReader reader, IndexEntry entry)
    {
        var header = reader.Peek(entry.Value, RecordBatchLayout.HeaderSize);
        if (header.Length < RecordBatchLayout.HeaderSize) return false;
        var view = new RecordBatchView(header);
        return view.Magic == RecordBatchLayout.CurrentMagic && view.LastOffset == segment.BaseOffset + entry.Key;
    }

    // The batch's size, or -1 where the log is to be cut.
    private long CheckBatch(LogSegment segment, BlockReader reader, long position)
    {
        var header = reader.Peek(position, RecordBatchLayout.HeaderSize);
        if (header.Length == RecordBatchLayout.HeaderSize)
        {
            var view = new RecordBatchView(header);
            var size = (long)view.BatchLength + RecordBatchLayout.LogOverhead;
            var isPlausible = view.Magic == RecordBatchLayout.CurrentMagic && size >= RecordBatchLayout.HeaderSize && position + size <= reader.Length &&
                view.BaseOffset >= _end && view.LastOffsetDelta >= 0;
            if (isPlausible && (view.LastOffset < _recoveryPoint || reader.IsCrcValid(position, size, view.Crc))) return size;
        }
        if (_end < _recoveryPoint && position < reader.Length && !IsCutShort(header.Length))
            throw segment.Corrupt(position, $"no sound batch at offset {_end}, below the recovery point {_recoveryPoint}");
        if (DamageVerdict.IsCorruption(reader, position, _end))
            throw segment.Corrupt(position, $"the batch at offset {_end} is damaged, and sound batches follow it");
        return -1;
    }

    private static bool IsCutShort(int headerBytes) => headerBytes < RecordBatchLayout.HeaderSize;

    private void Apply(LogSegment segment, BlockReader reader, long position, in RecordBatchView header)
    {
        _state.Epochs.Assign(header.PartitionLeaderEpoch, header.BaseOffset, hasRecords: true);
        if (!header.HasProducerId) return;
        var facts = BatchFactsOf.Header(header);
        var baseOffset = header.BaseOffset;
        if (!header.Attributes.IsControl)
        {
            _producers.Apply(facts, baseOffset);
            return;
        }
        var batch = reader.Peek(position, facts.SizeInBytes);
        if (batch.Length < facts.SizeInBytes || !EndTransactionMarker.TryRead(batch, out var marker)) return;
        if (_producers.ApplyMarker(facts, baseOffset, marker) is { IsAborted: true } aborted)
            segment.Aborted.Append(aborted, error => throw error);
    }

    private static void Finish(LogSegment segment, in SegmentIndexer indexer)
    {
        indexer.Finish(segment);
        segment.Offsets.Store(trim: true);
        segment.Times.Store(trim: true);
        segment.ForgetLargestTimestamp();
    }

    private void Drop(LogSegment[] segments, int from, string why)
    {
        _state.Files.Warn($"{segments.Length - from} segments from {segments[from].BaseOffset} on are dropped: {why}");
        for (var i = segments.Length - 1; i >= from; i--)
        {
            foreach (var kind in SegmentNames.SegmentSuffixes) _state.Files.Files.Delete(_state.Files.Of(segments[i].BaseOffset, kind));
            segments[i].DropFiles();
        }
        _state.Segments = segments[..from];
    }
}
