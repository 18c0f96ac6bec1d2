using ActorBroker.Protocol;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Cleaning;

/// <summary>
/// Compacts a log (R47, R48, R19; KIP-534): runs a <see cref="CleaningPlan"/> on the cleaner's thread.
///
/// First pass: the dirty segments fill the map from key to highest offset, aborted records left out. Second pass: all segments up to there
/// are copied, group by group into segments of the usual size. A record stays when it is the newest of its key, or beyond the map.
/// Tombstones, and markers without data, get a delete horizon when they are first met and go in a pass after it. Offsets never change; a
/// batch that loses all records stays as a header when its producer's sequence or the end of the range hangs on it.
/// </summary>
internal sealed class SegmentCleaner(CleaningPlan plan, long mapBytes, CancellationToken cancel)
{
    private readonly KeyOffsetMap _map = new(mapBytes);
    private readonly LogState _state = plan.State;
    private long _cleanedTo;

    /// <summary>Writes the <c>.cleaned</c> files; removes them again when it fails.</summary>
    public CleaningResult Run()
    {
        BuildMap();
        var groups = new List<CleanedGroup>();
        try
        {
            var transactions = new CleanedTransactions();
            foreach (var group in GroupBySize()) groups.Add(Clean(group, transactions));
            return new CleaningResult(plan, groups, _cleanedTo);
        }
        catch
        {
            foreach (var segment in plan.Segments)
                foreach (var kind in SegmentNames.SegmentSuffixes) _state.Files.Files.Delete(_state.Files.Of(segment.BaseOffset, kind + SegmentNames.Cleaned));
            throw;
        }
    }

    private void BuildMap()
    {
        var transactions = new CleanedTransactions();
        _cleanedTo = plan.DirtyOffset;
        for (var i = 0; i < plan.Segments.Length; i++)
        {
            var segment = plan.Segments[i];
            var end = i + 1 < plan.Segments.Length ? plan.Segments[i + 1].BaseOffset : plan.EndOffset;
            if (end <= plan.DirtyOffset) continue;
            transactions.AddAborted(segment.Aborted.ReadAll());
            if (!TryAddToMap(segment, transactions)) break;
            _cleanedTo = end;
        }
        if (_cleanedTo <= plan.DirtyOffset) _cleanedTo = _map.LatestOffset + 1;
    }

    // False when the map is full: what it holds up to then is good for a pass of its own.
    private bool TryAddToMap(LogSegment segment, CleanedTransactions transactions)
    {
        var file = segment.Log.Acquire();
        try
        {
            var start = segment.BaseOffset < plan.DirtyOffset ? segment.Locate(plan.DirtyOffset) : 0;
            using var batches = new SegmentBatches(segment, file, start);
            while (batches.MoveNext())
            {
                cancel.ThrowIfCancellationRequested();
                var view = new RecordBatchView(batches.Current);
                if (!transactions.IsDiscardable(batches.Current) && !view.Attributes.IsControl && !TryAddToMap(view, out var reached))
                {
                    _cleanedTo = Math.Max(_cleanedTo, reached);
                    return false;
                }
                _map.Advance(view.LastOffset);
            }
            return true;
        }
        finally
        {
            segment.Log.Release();
        }
    }

    private bool TryAddToMap(RecordBatchView batch, out long reached)
    {
        reached = batch.BaseOffset;
        if (batch.RecordCount == 0) return true;
        using var section = RecordCompression.Decompress(batch.Attributes.Codec, batch.RecordsSection, new DecompressionLimits());
        var records = new RecordReader(section.Span, batch.RecordCount);
        while (records.MoveNext())
        {
            var offset = batch.BaseOffset + records.OffsetDelta;
            if (records.KeyIsNull || offset < plan.LogStart) continue;
            if (!_map.TryPut(records.Key, offset)) return false;
            reached = offset + 1;
        }
        return true;
    }

    private List<LogSegment[]> GroupBySize()
    {
        var groups = new List<LogSegment[]>();
        var group = new List<LogSegment>();
        long bytes = 0;
        foreach (var segment in plan.Segments)
        {
            if (segment.BaseOffset >= _cleanedTo) break;
            if (group.Count > 0 &&
                (bytes + segment.Size > plan.Settings.SegmentBytes || EndOf(segment) - group[0].BaseOffset > int.MaxValue))
            {
                groups.Add([.. group]);
                group.Clear();
                bytes = 0;
            }
            group.Add(segment);
            bytes += segment.Size;
        }
        if (group.Count > 0) groups.Add([.. group]);
        return groups;
    }

    private long EndOf(LogSegment segment)
    {
        var next = Array.IndexOf(plan.Segments, segment) + 1;
        return next < plan.Segments.Length ? plan.Segments[next].BaseOffset : plan.EndOffset;
    }

    private CleanedGroup Clean(LogSegment[] group, CleanedTransactions transactions)
    {
        using var writer = new CleanedSegmentWriter(_state.Files, group[0].BaseOffset, plan.Settings.IndexIntervalBytes);
        transactions.OnAbortedKept = writer.AddAborted;
        foreach (var segment in group)
        {
            transactions.AddAborted(segment.Aborted.ReadAll());
            var file = segment.Log.Acquire();
            try
            {
                using var batches = new SegmentBatches(segment, file, 0);
                while (batches.MoveNext())
                {
                    cancel.ThrowIfCancellationRequested();
                    Clean(segment, batches, transactions, writer);
                }
            }
            finally
            {
                segment.Log.Release();
            }
        }
        return new CleanedGroup(group, writer.Finish(), group.Sum(segment => segment.Size) - writer.Position);
    }

    private void Clean(LogSegment segment, SegmentBatches batches, CleanedTransactions transactions, CleanedSegmentWriter writer)
    {
        var batch = batches.Current;
        var view = new RecordBatchView(batch);
        var isDiscardable = transactions.IsDiscardable(batch);
        var isControl = view.Attributes.IsControl;
        var isPastHorizon = view.Attributes.HasDeleteHorizon && view.BaseTimestamp <= plan.NowMs;
        var dropsAll = isControl ? isDiscardable && isPastHorizon : isDiscardable;
        var destination = writer.Buffer;
        var before = destination.Length;
        try
        {
            if (!dropsAll && view.RecordCount > 0)
            {
                var filter = new NewestOfKey(_map, isControl, keepsTombstones: !isPastHorizon);
                // A marker gets its horizon only when nothing of its transaction is left; data batches get it for their tombstones.
                long? horizon = isControl && !isDiscardable ? null : plan.NowMs + plan.Settings.DeleteRetentionMs;
                RecordBatchRewriter.Retain(batch, ref filter, horizon, destination);
            }
        }
        catch (WireFormatException error)
        {
            throw segment.Corrupt(batches.Position, error.Message);
        }
        if (destination.Length == before)
        {
            if (!MustStayEmpty(view)) return;
            if (view.RecordCount == 0) destination.Write(batch);
            else RecordBatchRewriter.WriteEmpty(batch, destination);
        }
        writer.OnBatch(new RecordBatchView(destination.Span[before..]));
    }

    private bool MustStayEmpty(in RecordBatchView batch)
    {
        if (batch.LastOffset + 1 == _cleanedTo) return true;
        if (!batch.HasProducerId || !plan.Producers.TryGetValue(batch.ProducerId, out var last)) return false;
        return last.LastOffset >= 0 ? batch.LastOffset == last.LastOffset : batch.Attributes.IsControl && batch.ProducerEpoch == last.Epoch;
    }

    /// <summary>
    /// Keeps markers, records beyond the map, and the newest record of each key unless it is a tombstone whose time is over.
    /// </summary>
    private readonly struct NewestOfKey(KeyOffsetMap map, bool isControl, bool keepsTombstones) : IRecordFilter
    {
        public bool Keep(scoped in RecordReader record, long offset)
        {
            if (isControl || offset > map.LatestOffset) return true;
            if (record.KeyIsNull || offset < map.Get(record.Key)) return false;
            return !record.ValueIsNull || keepsTombstones;
        }
    }
}
