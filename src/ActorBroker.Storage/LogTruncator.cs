using ActorBroker.Storage.Files;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage;

/// <summary>
/// Makes a log end, or begin, elsewhere: followers that cut back to a leader's epoch, replicas that start over, retention and
/// DeleteRecords. The owner's thread.
///
/// Bytes below the high watermark may be on their way to a consumer, so they are never changed in place: a cut below it copies what stays
/// into a new file and renames that over the old one, which readers keep until they are done.
/// </summary>
internal sealed class LogTruncator(LogState state, LogAppender appender)
{
    public void TruncateTo(long offset)
    {
        if (offset >= state.LogEnd)
        {
            state.Epochs.TruncateFromEnd(state.LogEnd);
            return;
        }
        var segments = state.Segments;
        if (segments.Length == 0 || offset <= segments[0].BaseOffset)
        {
            TruncateFullyAndStartAt(offset);
            return;
        }
        ProducerLoader.EnsureLoaded(state);
        LowerRecoveryPoint(offset);
        var last = LogState.Floor(segments, offset - 1);
        var survivor = segments[last];
        var position = survivor.Locate(offset);
        state.Structure++;
        state.Writer?.Finish();
        state.Writer = null;
        state.Tail?.TruncateTo(offset);
        if (position < survivor.Size)
            survivor = offset < state.HighWatermark ? CopyHead(survivor, position) : CutInPlace(survivor, position);
        survivor.Aborted.TruncateTo(offset);
        state.Segments = [.. segments[..last], survivor];
        if (survivor != segments[last]) segments[last].DropFiles();
        for (var i = segments.Length - 1; i > last; i--) Discard(segments[i]);
        MakeDurable(survivor);
        Settle(survivor.ReadEndOffset());
    }

    public void TruncateFullyAndStartAt(long offset)
    {
        var segments = state.Segments;
        if (segments.Length > 0) LowerRecoveryPoint(Math.Min(offset, segments[0].BaseOffset));
        state.Structure++;
        state.Writer?.Finish();
        state.Writer = null;
        state.Tail?.Clear();
        state.Segments = [];
        foreach (var segment in segments) Discard(segment);
        SnapshotFiles.RemoveAll(state);
        state.Epochs.Clear();
        lock (state.ProducersGate) ProducerLoader.Publish(state, new Core.Partitions.Producers.ProducerStateTable());
        appender.Reset();
        state.LogStart = state.LogEnd = state.HighWatermark = offset;
        state.RecoveryPoint = state.FullyFlushedTo = offset;
        state.UnflushedBytes = state.BytesSinceSnapshot = 0;
        // An empty segment keeps the place across a restart.
        if (state.IsOnDisk || offset > 0) MakeDurable(appender.EnsureWriter(nowMs: 0).Segment);
        state.Files.Directory.MarkDirty();
    }

    /// <summary>Takes the first segments out; the log starts at the first one that is left, or later.</summary>
    public void RemoveHead(int count, long newLogStart)
    {
        var segments = state.Segments;
        state.Structure++;
        state.LogStart = Math.Max(state.LogStart, newLogStart);
        state.Epochs.TruncateFromStart(state.LogStart);
        state.Segments = segments[count..];
        for (var i = 0; i < count; i++) Discard(segments[i]);
        SnapshotFiles.Prune(state);
        state.Files.Directory.MarkDirty();
    }

    /// <summary>Renames a segment's files out of the way and has them removed after the delete delay.</summary>
    public void Discard(LogSegment segment)
    {
        segment.ChangeSuffix("", SegmentNames.Deleted);
        var due = System.Environment.TickCount64 + state.Settings.FileDeleteDelayMs;
        foreach (var kind in SegmentNames.SegmentSuffixes)
            state.Files.Directory.Deletions.Add(state.Files.Of(segment.BaseOffset, kind + SegmentNames.Deleted), isDirectory: false, due);
        segment.DropFiles();
        state.HasNewNames = true;
    }

    // What is cut must not come back after a power loss, in part or beside what is appended now: cuts are rare, so they can be synced at
    // once.
    private void MakeDurable(LogSegment last)
    {
        var file = last.Log.Acquire();
        try
        {
            file.Sync();
            state.Files.Files.SyncDirectory(state.Files.Path);
        }
        catch (LogIoException error) when (error.Kind == LogIoErrorKind.Offline)
        {
            state.Files.Directory.MarkOffline(error);
            throw;
        }
        finally
        {
            last.Log.Release();
        }
    }

    // Before anything is written anew below it: a recovery takes what lies below the recovery point for synced.
    private void LowerRecoveryPoint(long offset)
    {
        if (offset >= state.RecoveryPoint) return;
        state.RecoveryPoint = offset;
        state.Files.Directory.WriteCheckpoints();
    }

    private void Settle(long endOffset)
    {
        state.LogEnd = endOffset;
        state.HighWatermark = Math.Min(state.HighWatermark, endOffset);
        state.RecoveryPoint = Math.Min(state.RecoveryPoint, endOffset);
        state.FullyFlushedTo = Math.Min(state.FullyFlushedTo, endOffset);
        state.LogStart = Math.Min(state.LogStart, endOffset);
        state.Epochs.TruncateFromEnd(endOffset);
        SnapshotFiles.RemoveBeyond(state, endOffset);
        appender.Reset();
        lock (state.ProducersGate)
        {
            state.Producers = null;
            state.FirstUnstable = LogState.NotLoaded;
        }
        ProducerLoader.EnsureLoaded(state);
        state.Files.Directory.MarkDirty();
    }

    private static LogSegment CutInPlace(LogSegment segment, long position)
    {
        segment.Size = position;
        var file = segment.Log.Acquire();
        try
        {
            file.SetLength(position);
        }
        finally
        {
            segment.Log.Release();
        }
        CutIndexes(segment, position);
        return segment;
    }

    private LogSegment CopyHead(LogSegment segment, long position)
    {
        var files = state.Files.Files;
        var temporary = state.Files.Of(segment.BaseOffset, SegmentNames.Log + SegmentNames.Temporary);
        var block = new byte[1 << 20];
        var from = segment.Log.Acquire();
        try
        {
            using var to = files.Open(temporary, FileOpening.Truncate);
            for (long at = 0; at < position;)
            {
                var read = from.Read(block.AsSpan(0, (int)Math.Min(block.Length, position - at)), at);
                if (read == 0) throw segment.Corrupt(at, $"the file ends before position {position}");
                to.Write(block.AsSpan(0, read), at);
                at += read;
            }
            to.Sync();
        }
        finally
        {
            segment.Log.Release();
        }
        files.Rename(temporary, state.Files.Of(segment.BaseOffset, SegmentNames.Log));
        CutIndexes(segment, position);
        state.HasNewNames = true;
        var copy = new LogSegment(state.Files, segment.BaseOffset) { Size = position };
        copy.TrustIndexes();
        return copy;
    }

    private static void CutIndexes(LogSegment segment, long position)
    {
        segment.EnsureIndexes();
        segment.Offsets.TruncateFromValue(position);
        // Time entries name offsets: those of batches that are gone, by the last offset that an index entry still has, or all.
        var kept = segment.Offsets.Last is { } last ? last.Key : -1;
        segment.Times.TruncateFromValue(kept + 1);
        segment.Offsets.Store(trim: true);
        segment.Times.Store(trim: true);
        segment.ForgetLargestTimestamp();
    }
}
