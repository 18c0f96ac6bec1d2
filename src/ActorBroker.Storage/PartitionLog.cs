using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Directories;
using ActorBroker.Storage.Flushing;
using ActorBroker.Storage.Recovery;

namespace ActorBroker.Storage;

/// <summary>
/// One partition's log: Kafka's files, written by one owner at a time, read by anybody.
///
/// <b>Owner.</b> All members that change the log belong to the partition's actor; none of them is safe beside another. <b>Readers</b> use
/// <see cref="View"/>, the look-ups and the offset properties on any thread. <b>Other threads</b> get work as values (a flush, a cleaning)
/// and hand results back to the owner, who applies them.
///
/// <b>Life.</b> <see cref="Open"/> on a partition without files costs one object; directory, topic id and first segment are written with
/// the first append. After a clean shutdown an open reads names and checkpoints only; after a crash it validates what lies past the
/// recovery point.
///
/// <b>Failures.</b> Full or failing disks are values (<see cref="AppendOutcome"/>, <see cref="FlushResult"/>) or
/// <see cref="LogIoException"/>, and leave the log as it was. A failed sync takes the whole directory offline. Bytes that contradict
/// themselves are <see cref="LogCorruptException"/>: this log only.
/// </summary>
public sealed class PartitionLog
{
    private readonly LogState _state;
    private readonly LogAppender _appender;
    private readonly LogTruncator _truncator;
    private bool _isFlushing;
    private long _flushingBytes;

    private PartitionLog(LogState state)
    {
        _state = state;
        _appender = new LogAppender(state);
        _truncator = new LogTruncator(state, _appender);
        View = new LogReader(state);
    }

    public TopicPartition Partition => _state.Files.Partition;
    public Uuid TopicId => _state.TopicId;
    public LogDirectory Directory => _state.Files.Directory;

    /// <summary>Replaceable at run time by the owner.</summary>
    public PartitionSettings Settings
    {
        get => _state.Settings;
        set => _state.Settings = value;
    }

    /// <summary>For readers on any thread.</summary>
    public ILogView View { get; }

    public long LogStartOffset => _state.LogStart;
    public long LogEndOffset => _state.LogEnd;
    public long HighWatermark => _state.HighWatermark;
    public long LastStableOffset => View.LastStableOffset;

    /// <summary>Everything below is on the disk for good.</summary>
    public long RecoveryPoint => _state.RecoveryPoint;

    /// <summary>Bytes of all segments. Looks at the files when nobody has used them yet.</summary>
    public long SizeInBytes => _state.Segments.Sum(segment => segment.Size);

    public int SegmentCount => _state.Segments.Length;

    /// <summary>Bytes appended that no flush has begun to write.</summary>
    public long UnflushedBytes => _state.UnflushedBytes;

    /// <summary>False for a partition that nobody has ever written to.</summary>
    public bool IsOnDisk => _state.IsOnDisk;

    /// <summary>
    /// Loaded from snapshot and log when first asked for. Owner only. Check (and stage) before an append; the log itself applies what it
    /// has written and clears the stage.
    /// </summary>
    public ProducerStateTable Producers => ProducerLoader.EnsureLoaded(_state);

    /// <summary>The newest leader epoch known, -1 when there is none. Any thread.</summary>
    public int LatestEpoch => _state.Epochs.LatestEpoch;

    internal LogState State => _state;
    internal bool IsClosedCleanly { get; private set; }

    /// <summary>What a log closed in order has left to be synced.</summary>
    internal FlushWork? ClosingWork { get; private set; }

    internal long FirstSegmentOffset => _state.Segments is { Length: > 0 } segments ? segments[0].BaseOffset : _state.LogStart;

    /// <summary>Opens the log of a partition in a directory, recovering it when the mode says so.</summary>
    /// <param name="topicId">Checked against the directory's; <see cref="Uuid.Zero"/> takes what is there.</param>
    /// <exception cref="LogCorruptException">The log must not be served; the rest of the node goes on.</exception>
    /// <exception cref="LogTopicMismatchException">The files are of another topic of this name.</exception>
    /// <exception cref="LogIoException">The disk refused.</exception>
    public static PartitionLog Open(
        LogDirectory directory, TopicPartition partition, Uuid topicId, PartitionSettings settings, LogOpenMode mode)
    {
        var log = new PartitionLog(LogLoader.Load(directory, partition, topicId, settings, mode));
        directory.Register(log);
        return log;
    }

    /// <summary>
    /// Writes the batches behind the log's end, one vectored write per segment they fall into. They carry ascending offsets from the log's
    /// end on. Owner only, as everything below unless it says otherwise.
    /// </summary>
    public AppendOutcome Append(ReadOnlySpan<LogBatch> batches, long nowMs) => _appender.Append(batches, nowMs);

    /// <summary>Somebody is about to read what is appended next: it stays in memory for a while. Any thread.</summary>
    public void ExpectTailReader() => _state.TailForReader().NoteInterest();

    /// <summary>Moves the high watermark up, at most to the log's end; true when it or the last stable offset moved.</summary>
    public bool UpdateHighWatermark(long offset)
    {
        offset = Math.Min(offset, _state.LogEnd);
        if (offset <= _state.HighWatermark) return false;
        // The watermark first: a reader in between sees a last stable offset that is too low, never one that is too high.
        _state.HighWatermark = offset;
        if (_state.Producers is { } producers)
        {
            producers.AdvanceHighWatermark(offset);
            _state.FirstUnstable = producers.FirstUnstableOffset;
        }
        return true;
    }

    /// <summary>A leader's epoch starts here (R34), also when it never writes.</summary>
    public void AssignEpoch(int epoch, long startOffset) => _state.Epochs.Assign(epoch, startOffset, hasRecords: false);

    /// <summary>The largest epoch at most the asked one with its end offset, or -1/-1. Any thread.</summary>
    public EpochEndOffset FindEpochEndOffset(int epoch) => _state.Epochs.FindEndOffset(epoch, _state.LogEnd);

    /// <summary>The epoch under which the record at the offset was written, -1 when unknown. Any thread.</summary>
    public int EpochOf(long offset) => _state.Epochs.EpochOf(offset);

    /// <summary>Cuts the log so that it ends at <paramref name="offset"/>, or at the batch boundary below it.</summary>
    public void TruncateTo(long offset) => _truncator.TruncateTo(offset);

    /// <summary>Drops everything; the log goes on at <paramref name="offset"/>.</summary>
    public void TruncateFullyAndStartAt(long offset) => _truncator.TruncateFullyAndStartAt(offset);

    /// <summary>
    /// DeleteRecords or a leader's log start (R46); never beyond the high watermark. True when it moved. Files go with the next retention.
    /// </summary>
    public bool IncrementLogStart(long offset)
    {
        if (offset <= _state.LogStart || offset > _state.HighWatermark) return false;
        _state.LogStart = offset;
        _state.Epochs.TruncateFromStart(offset);
        Directory.MarkDirty();
        return true;
    }

    /// <summary>
    /// R49, timestamp ≥ 0: the first record at or after it below <paramref name="upperBound"/>. Reads files: an I/O thread, any.
    /// </summary>
    public OffsetLookup FindOffsetByTimestamp(long timestampMs, long upperBound) =>
        new OffsetFinder(_state).FindByTimestamp(timestampMs, upperBound);

    /// <summary>
    /// R49, -3: the earliest record that has the largest timestamp below <paramref name="upperBound"/>. An I/O thread, any.
    /// </summary>
    public OffsetLookup FindMaxTimestamp(long upperBound) => new OffsetFinder(_state).FindMaxTimestamp(upperBound);

    /// <summary>True when enough bytes, records or time have gathered that the owner should flush.</summary>
    public bool NeedsFlush()
    {
        if (_isFlushing || _state.UnflushedBytes == 0) return false;
        var facts = new FlushFacts(_state.UnflushedBytes, _state.LogEnd - _state.RecoveryPoint, Environment.TickCount64 - _state.UnflushedSinceMs,
            _state.Rolls != _state.RollsFlushed);
        return FlushPlanner.IsDue(facts, _state.Environment.Settings, _state.Settings);
    }

    /// <summary>
    /// Work for a flush thread that puts everything up to the log's end on the disk; null when nothing is to do or a flush is under way.
    /// The owner hands its result to <see cref="CompleteFlush"/>.
    /// </summary>
    public FlushWork? BeginFlush()
    {
        if (_isFlushing || _state.IsClosed || _state.Segments.Length == 0) return null;
        if (_state.UnflushedBytes == 0 && _state.LogEnd <= _state.RecoveryPoint) return null;
        _isFlushing = true;
        _flushingBytes = _state.UnflushedBytes;
        _state.UnflushedBytes = 0;
        var isFull = FlushPlanner.IsFull(_state.BytesSinceSnapshot, _state.Rolls != _state.RollsFlushed);
        return PrepareFlush(isFull, withEpochs: isFull);
    }

    /// <summary>Moves the recovery point, or takes note that the bytes are still to be flushed.</summary>
    public void CompleteFlush(in FlushResult result)
    {
        _isFlushing = false;
        if (result.Failure is not null || result.Work.Structure != _state.Structure)
        {
            _state.UnflushedBytes += _flushingBytes;
            if (result.Work.HasEpochs) _state.Epochs.MarkDirty();
            return;
        }
        OnFlushed(result.Work);
    }

    /// <summary>R44 and R46: rolls and deletes what retention no longer keeps; the number of segments deleted.</summary>
    public int ApplyRetention(long nowMs) => _state.IsClosed ? 0 : new LogRetention(_state, _appender, _truncator).Apply(nowMs);

    /// <summary>R18: forgets idempotent producers that have been silent for long; the number forgotten.</summary>
    public int ExpireProducers(long nowMs) => _state.Producers?.RemoveExpired(nowMs, _state.Settings.ProducerExpirationMs) ?? 0;

    /// <summary>R47: what the cleaner should rewrite, or null when it is not worth it now.</summary>
    public CleaningPlan? PlanCleaning(long nowMs) => _state.IsClosed ? null : new CleaningPlanner(_state, _appender).Plan(this, nowMs);

    /// <summary>Swaps the cleaned segments in; false (and the result is thrown away) when the log has changed under it.</summary>
    public bool ApplyCleaning(CleaningResult result) => new CleaningSwap(_state, _truncator).Apply(result);

    /// <summary>
    /// Clean: everything is flushed, snapshot and epochs are written, so that the next open reads no data. False when that failed: the next
    /// start recovers the log.
    /// </summary>
    public bool Close(bool clean)
    {
        if (_state.IsClosed) return IsClosedCleanly;
        IsClosedCleanly = clean && TryCloseCleanly();
        _state.IsClosed = true;
        _state.Tail?.Clear();
        foreach (var segment in _state.Segments) segment.CloseFiles();
        Directory.Remember(this);
        return IsClosedCleanly;
    }

    /// <summary>
    /// Closes and renames the directory to Kafka's <c>-delete</c> form; files go after the delete delay. Readers under way end in peace.
    /// </summary>
    public void Delete()
    {
        if (Retire(PartitionDirectoryName.ForDeletion(Partition)) is { } path)
            Directory.Deletions.Add(path, isDirectory: true, System.Environment.TickCount64 + Settings.FileDeleteDelayMs);
    }

    /// <summary>
    /// Closes and renames the directory to Kafka's <c>-stray</c> form, which nothing touches any more; where it is now, or null when there
    /// was none.
    /// </summary>
    public string? SetAside()
    {
        Close(clean: !Directory.IsOffline);
        return Retire(PartitionDirectoryName.ForStray(Partition));
    }

    private string? Retire(string name)
    {
        _state.IsClosed = true;
        _state.Structure++;
        _state.Tail?.Clear();
        Directory.Forget(this);
        if (!_state.IsOnDisk) return null;
        var to = System.IO.Path.Combine(Directory.Path, name);
        _state.Environment.Files.RenameDirectory(_state.Files.Path, to);
        _state.Files.MovedTo(to);
        foreach (var segment in _state.Segments)
        {
            segment.DirectoryMoved();
            segment.DropFiles();
        }

        return to;
    }

    internal void OnClosingDurable()
    {
        _state.RecoveryPoint = Math.Max(_state.RecoveryPoint, ClosingWork!.Offset);
        ClosingWork = null;
    }

    private FlushWork PrepareFlush(bool isFull, bool withEpochs)
    {
        var segments = _state.Segments;
        // A segment that ended where the last full flush stood got its last index entries after it.
        var from = isFull ? Math.Min(_state.RecoveryPoint, _state.FullyFlushedTo - 1) : _state.RecoveryPoint;
        var first = Math.Max(0, LogState.Floor(segments, from));
        var snapshot = isFull ? ProducerSnapshot.Write(Producers) : null;
        var epochs = withEpochs ? _state.Epochs.TakeDirty() : null;
        return new FlushWork(this, _state, segments[first..], isFull, snapshot, epochs);
    }

    private void OnFlushed(FlushWork work)
    {
        _state.RecoveryPoint = Math.Max(_state.RecoveryPoint, work.Offset);
        if (work.SyncsNames) _state.HasNewNames = false;
        if (work.SyncsDirectory) _state.IsDirectoryNew = false;
        if (work.HasSnapshot)
        {
            _state.BytesSinceSnapshot = _state.UnflushedBytes;
            _state.FullyFlushedTo = work.Offset;
            _state.RollsFlushed = work.Rolls;
            SnapshotFiles.Add(_state, work.Offset);
            SnapshotFiles.Prune(_state);
        }
        Directory.MarkDirty();
    }

    private bool TryCloseCleanly()
    {
        if (!_state.IsOnDisk || Directory.IsOffline) return !Directory.IsOffline;
        try
        {
            _state.Writer?.Finish();
            var isChanged = _state.Writer is not null || _state.LogEnd > _state.RecoveryPoint || _state.HasNewNames || _state.Epochs.IsDirty;
            if (!isChanged || _state.Segments.Length == 0) return true;
            var isSnapshotDue = _state.Snapshots.Count > 0 || Producers.Count > 0 || SizeInBytes > FlushPlanner.ReplayBytesMax / 128;
            // A clean open replays no records, so every epoch with records has to be in its file now.
            var work = PrepareFlush(isSnapshotDue && !_state.Snapshots.Contains(_state.LogEnd), withEpochs: true);
            work.WriteOut();
            if (work.HasSnapshot) SnapshotFiles.Add(_state, work.Offset);
            ClosingWork = work;
            return true;
        }
        catch (LogIoException error)
        {
            _state.Files.Warn("the log could not be closed in order; the next start recovers it", error);
            return false;
        }
    }
}
