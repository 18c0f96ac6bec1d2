using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Files;
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
    /// <summary>From so many logs on, one sync of the file system is cheaper than theirs.</summary>
    internal const int TogetherMin = 32;

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
    public FlushResult Execute() => Try(() =>
    {
        WriteOut();
        SyncFiles();
    });

    /// <summary>
    /// Runs the works of one directory: all writes (unless they are done), then one sync of the file system; file by file where the system
    /// cannot or where there are few.
    /// </summary>
    internal static List<FlushResult> ExecuteAll(LogDirectory directory, IReadOnlyList<FlushWork> works, bool areWritten = false)
    {
        var results = new List<FlushResult>(works.Count);
        foreach (var work in works) results.Add(areWritten ? new FlushResult(work, null) : work.Try(work.WriteOut));
        if (works.Count < TogetherMin || directory.FileSystem is not { } fileSystem)
        {
            for (var i = 0; i < works.Count; i++)
                if (results[i].Failure is null) results[i] = works[i].Try(works[i].SyncFiles);
            return results;
        }
        try
        {
            fileSystem.Sync();
        }
        catch (LogIoException error)
        {
            directory.MarkOffline(error);
            for (var i = 0; i < results.Count; i++) results[i] = results[i] with { Failure = error };
        }
        return results;
    }

    private FlushResult Try(Action action)
    {
        var directory = _state.Files.Directory;
        if (directory.IsOffline) return new FlushResult(this, IoErrors.Offline(directory.Path));
        try
        {
            action();
            return new FlushResult(this, null);
        }
        catch (LogIoException error)
        {
            if (error.Kind == LogIoErrorKind.Offline) directory.MarkOffline(error);
            return new FlushResult(this, error);
        }
    }

    // What is still in memory goes to the files; nothing is durable yet.
    internal void WriteOut()
    {
        var files = _state.Files.Files;
        foreach (var segment in _segments)
        {
            segment.Aborted.Store();
            if (!_isFull) continue;
            segment.Offsets.Store(trim: false);
            segment.Times.Store(trim: false);
        }
        // The snapshot last: where it is found, a recovery takes the rest for granted.
        if (_epochs is not null) files.ReplaceUnsynced(_state.Files.Of(LeaderEpochCheckpoint.FileName), _epochs, sync: false);
        if (_snapshot is null) return;
        using var file = files.Open(_state.Files.Of(Offset, SegmentNames.Snapshot), FileOpening.Truncate);
        file.Write(_snapshot, 0);
    }

    private void SyncFiles()
    {
        var files = _state.Files.Files;
        foreach (var segment in _segments)
        {
            if (!TrySync(segment)) continue;
            segment.Aborted.Sync();
            if (!_isFull) continue;
            segment.Offsets.Sync();
            segment.Times.Sync();
        }
        if (_epochs is not null) SyncNamed(LeaderEpochCheckpoint.FileName);
        if (_isDirectoryNew) SyncNamed(PartitionMetadataFile.FileName);
        if (_hasNewNames || _epochs is not null) files.SyncDirectory(_state.Files.Path);
        if (_isDirectoryNew) files.SyncDirectory(_state.Files.Directory.Path);
    }

    private void SyncNamed(string name)
    {
        var path = _state.Files.Of(name);
        if (!_state.Files.Files.FileExists(path)) return;
        using var file = _state.Files.Files.Open(path, FileOpening.ReadWrite);
        file.Sync();
    }

    // A segment that retention or a truncation took away and removed meanwhile needs no sync.
    private static bool TrySync(LogSegment segment)
    {
        StorageFile file;
        try
        {
            file = segment.Log.Acquire();
        }
        catch (LogIoException error) when (error.Errno == Posix.Enoent)
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
