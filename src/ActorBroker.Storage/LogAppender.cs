using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Protocol;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage;

/// <summary>
/// Appends runs of batches and rolls segments; the owner's thread.
///
/// A run is what fits the active segment: one vectored write, and only when it has succeeded do indexes, epochs, producers and the tail's
/// memory learn of the batches. So a failed write needs no undoing beyond cutting the file back. Directory and first segment come into
/// being with the first append.
/// </summary>
internal sealed class LogAppender(LogState state)
{
    private int _lastEpoch = -1;

    public AppendOutcome Append(ReadOnlySpan<LogBatch> batches, long nowMs)
    {
        if (batches.IsEmpty) return new AppendOutcome(0, null);
        var done = 0;
        LogIoException? failure = null;
        try
        {
            var producers = ProducerLoader.EnsureLoaded(state);
            while (done < batches.Length)
            {
                var writer = WriterFor(batches[done], nowMs);
                var run = batches.Slice(done, RunLength(writer, batches[done..]));
                writer.Write(run, state.Settings);
                OnWritten(writer.Segment, run, producers);
                done += run.Length;
            }
        }
        catch (LogIoException error)
        {
            failure = error;
        }
        state.Producers?.ClearStaged();
        return new AppendOutcome(done, failure);
    }

    /// <summary>Forgets what is remembered of the last batch: the log has been cut.</summary>
    public void Reset() => _lastEpoch = -1;

    /// <summary>Ends the active segment and begins one at the offset, which is the log's end or beyond it.</summary>
    public SegmentWriter Roll(long newBaseOffset, long nowMs)
    {
        var old = state.Writer!;
        var writer = SegmentWriter.Create(state.Files, newBaseOffset, state.Settings, nowMs);
        old.Finish();
        state.Writer = writer;
        state.Segments = [.. state.Segments, writer.Segment];
        state.HasNewNames = true;
        state.Rolls++;
        return writer;
    }

    /// <summary>The active segment's writer; takes it up after an open.</summary>
    public SegmentWriter EnsureWriter(long nowMs)
    {
        if (state.Writer is { } writer) return writer;
        var segments = state.Segments;
        if (segments.Length == 0)
        {
            var isNew = !state.IsOnDisk;
            EnsureOnDisk();
            writer = SegmentWriter.Create(state.Files, state.LogEnd, state.Settings, nowMs, hasLeftovers: !isNew);
            state.Segments = [writer.Segment];
            state.HasNewNames = true;
        }
        else
        {
            writer = SegmentWriter.Resume(state.Files, segments[^1], state.Settings, nowMs, out var endOffset);
            if (endOffset != state.LogEnd)
                throw segments[^1].Corrupt(segments[^1].Size, $"the log ends at {endOffset}, its checkpoint says {state.LogEnd}");
        }
        state.Writer = writer;
        return writer;
    }

    private SegmentWriter WriterFor(in LogBatch next, long nowMs)
    {
        if (state.Files.Directory.IsOffline || state.IsClosed) throw Files.IoErrors.Offline(state.Files.Path);
        if (state.Segments.Length == 0) state.LogEnd = Math.Max(state.LogEnd, next.BaseOffset);
        var writer = EnsureWriter(nowMs);
        return MustRoll(writer, writer.Position, writer.FirstTimestamp, next, nowMs) ? Roll(Math.Max(state.LogEnd, next.BaseOffset), nowMs) : writer;
    }

    private int RunLength(SegmentWriter writer, ReadOnlySpan<LogBatch> batches)
    {
        var position = writer.Position + batches[0].Length;
        var firstTimestamp = writer.Position == 0 ? batches[0].Facts.MaxTimestamp : writer.FirstTimestamp;
        var length = 1;
        for (; length < batches.Length; length++)
        {
            ref readonly var batch = ref batches[length];
            if (MustRoll(writer, position, firstTimestamp, batch, nowMs: long.MinValue)) break;
            position += batch.Length;
        }
        return length;
    }

    // Within a run the clock is left out: it was asked for the first batch.
    private bool MustRoll(SegmentWriter writer, long position, long firstTimestamp, in LogBatch next, long nowMs)
    {
        if (position == 0) return false;
        var settings = state.Settings;
        if (position + next.Length > settings.SegmentBytes || next.LastOffset - writer.Segment.BaseOffset > int.MaxValue) return true;
        if (IsFull(writer.Segment.Offsets, SparseIndex.OffsetEntrySize, settings)) return true;
        if (IsFull(writer.Segment.Times, SparseIndex.TimeEntrySize, settings)) return true;
        var rollAfterMs = settings.SegmentMs - JitterOf(writer.Segment.BaseOffset, settings);
        if (firstTimestamp >= 0 && next.Facts.MaxTimestamp >= 0) return next.Facts.MaxTimestamp - firstTimestamp > rollAfterMs;
        return nowMs != long.MinValue && nowMs - writer.CreatedMs > rollAfterMs;
    }

    private static bool IsFull(SparseIndex index, int entrySize, PartitionSettings settings) =>
        index.Count >= settings.SegmentIndexBytes / entrySize;

    // Spreads the rolls of partitions that began together; the same for a segment whenever it is asked.
    private long JitterOf(long baseOffset, PartitionSettings settings)
    {
        var bound = Math.Min(settings.SegmentJitterMs, settings.SegmentMs);
        return bound <= 0 ? 0 : (long)((ulong)HashCode.Combine(state.Files.Partition, baseOffset) % (ulong)bound);
    }

    private void OnWritten(LogSegment segment, ReadOnlySpan<LogBatch> run, ProducerStateTable producers)
    {
        long bytes = 0;
        var tail = state.Tail;
        foreach (ref readonly var batch in run)
        {
            bytes += batch.Length;
            if (batch.LeaderEpoch != _lastEpoch)
            {
                _lastEpoch = batch.LeaderEpoch;
                state.Epochs.Assign(batch.LeaderEpoch, batch.BaseOffset, hasRecords: true);
            }
            if (batch.Facts.HasProducerId) ApplyProducer(segment, batch, producers);
            tail?.Append(batch);
        }
        if (state.UnflushedBytes == 0) state.UnflushedSinceMs = Environment.TickCount64;
        state.UnflushedBytes += bytes;
        state.BytesSinceSnapshot += bytes;
        state.FirstUnstable = producers.FirstUnstableOffset;
        state.LogEnd = run[^1].LastOffset + 1;
    }

    private void ApplyProducer(LogSegment segment, in LogBatch batch, ProducerStateTable producers)
    {
        if (!batch.Facts.Attributes.IsControl)
        {
            producers.Apply(batch.Facts, batch.BaseOffset);
            return;
        }
        if (!EndTransactionMarker.TryRead(batch.Bytes, out var marker)) return;
        if (producers.ApplyMarker(batch.Facts, batch.BaseOffset, marker) is { IsAborted: true } aborted)
            segment.Aborted.Append(aborted, error => state.Files.Warn("an aborted transaction is not in the index's file yet", error));
    }

    private void EnsureOnDisk()
    {
        if (state.IsOnDisk) return;
        var files = state.Files.Files;
        files.CreateDirectory(state.Files.Path);
        if (state.TopicId != Uuid.Zero)
        {
            using var file = files.Open(state.Files.Of(PartitionMetadataFile.FileName), Files.FileOpening.Truncate);
            file.Write(PartitionMetadataFile.Write(state.TopicId), 0);
        }
        state.IsOnDisk = true;
        state.IsDirectoryNew = true;
        state.HasNewNames = true;
        state.Files.Directory.MarkDirty();
    }
}
