using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Flushing;

/// <summary>
/// What a flush thread puts on the disk: made by the owner, run once on any thread by <see cref="LogFlusher"/>.
///
/// The data always. When much has been written since the last producer snapshot, or a segment ended, also everything else that a recovery
/// from the new point relies on: indexes, the snapshot (it has a CRC and needs no sync), the leader epochs. All of it before the recovery
/// point moves, and names last.
/// </summary>
public sealed class FlushWork
{
    private readonly LogState _state;
    private readonly LogSegment[] _segments;
    private readonly byte[]? _snapshot;
    private readonly byte[]? _epochs;
    private readonly bool _isFull;
    private readonly bool _hasNewNames;
    private readonly bool _isDirectoryNew;

    internal FlushWork(PartitionLog log, LogState state, LogSegment[] segments, bool isFull, byte[]? snapshot, byte[]? epochs)
    {
        Log = log;
        Offset = state.LogEnd;
        Structure = state.Structure;
        Rolls = state.Rolls;
        _state = state;
        _segments = segments;
        _isFull = isFull;
        _snapshot = snapshot;
        _epochs = epochs;
        _hasNewNames = state.HasNewNames || snapshot is not null;
        _isDirectoryNew = state.IsDirectoryNew;
    }

    public PartitionLog Log { get; }

    /// <summary>Everything below is on the disk once this has run.</summary>
    public long Offset { get; }

    internal int Structure { get; }
    internal int Rolls { get; }
    internal bool HasSnapshot => _snapshot is not null;
    internal bool HasEpochs => _epochs is not null;
    internal bool SyncsNames => _hasNewNames;
    internal bool SyncsDirectory => _isDirectoryNew;

    /// <summary>Runs on the calling thread; failures are in the result. A failed sync has taken the directory offline then.</summary>
    public FlushResult Execute()
    {
        var directory = _state.Files.Directory;
        if (directory.IsOffline) return new FlushResult(this, Files.IoErrors.Offline(directory.Path));
        try
        {
            SyncSegments();
            var files = _state.Files.Files;
            // The snapshot last: where it is found, a recovery takes the rest for granted.
            if (_epochs is not null) files.Replace(_state.Files.Of(LeaderEpochCheckpoint.FileName), _epochs, syncDirectory: false);
            if (_snapshot is not null)
                using (var file = files.Open(_state.Files.Of(Offset, SegmentNames.Snapshot), Files.FileOpening.Truncate))
                    file.Write(_snapshot, 0);
            if (_hasNewNames || _epochs is not null) files.SyncDirectory(_state.Files.Path);
            if (_isDirectoryNew) files.SyncDirectory(directory.Path);
            return new FlushResult(this, null);
        }
        catch (LogIoException error)
        {
            if (error.Kind == LogIoErrorKind.Offline) directory.MarkOffline(error);
            return new FlushResult(this, error);
        }
    }

    private void SyncSegments()
    {
        foreach (var segment in _segments)
        {
            if (!TrySync(segment)) continue;
            segment.Aborted.Sync();
            if (!_isFull) continue;
            segment.Offsets.Store(trim: false);
            segment.Times.Store(trim: false);
            segment.Offsets.Sync();
            segment.Times.Sync();
        }
    }

    // A segment that retention or a truncation took away and removed meanwhile needs no sync.
    private static bool TrySync(LogSegment segment)
    {
        Files.StorageFile file;
        try
        {
            file = segment.Log.Acquire();
        }
        catch (LogIoException error) when (error.Errno == Files.Posix.Enoent)
        {
            return false;
        }
        try
        {
            file.Sync();
            return true;
        }
        finally
        {
            segment.Log.Release();
        }
    }
}

/// <summary>How a flush ended; the log's owner gets it into <see cref="PartitionLog.CompleteFlush"/>.</summary>
public readonly record struct FlushResult(FlushWork Work, LogIoException? Failure)
{
    public PartitionLog Log => Work.Log;
    public long Offset => Work.Offset;
}
