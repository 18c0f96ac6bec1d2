using System.Collections.Concurrent;
using ActorBroker.Core.Kernel;
using ActorBroker.Protocol;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Directories;
using ActorBroker.Storage.Files;
using ActorBroker.Storage.Flushing;

namespace ActorBroker.Storage;

/// <summary>
/// One directory of logs: its lock, its identity, the checkpoints of its logs, whether its last owner stopped in order, and whether the
/// disk can still be trusted.
///
/// Life: <see cref="Open"/> takes the lock, reads <c>meta.properties</c> and the clean-shutdown marker and removes the marker; logs
/// register themselves; checkpoints are written every few seconds and after flushes; <see cref="Close"/> writes them a last time and, when
/// every log was closed in order, the marker as the last thing. A failed sync takes the directory offline for good (this process): nothing
/// is appended any more, reads go on.
/// </summary>
public sealed class LogDirectory : IDisposable
{
    private readonly DirectoryLock _lock;
    private readonly ConcurrentDictionary<TopicPartition, PartitionLog> _logs = new();
    private readonly Dictionary<TopicPartition, long> _recoveryPoints;
    private readonly Dictionary<TopicPartition, long> _logStarts;
    private readonly Dictionary<TopicPartition, long> _highWatermarks;
    private readonly ConcurrentDictionary<TopicPartition, long> _cleanerPositions;
    private readonly Lock _checkpointGate = new();
    private readonly DirectoryCheckpoints _checkpoints;
    private volatile Exception? _offlineCause;
    private volatile bool _isDirty;
    private bool _isClosed;

    private LogDirectory(string path, LogEnvironment environment, DirectoryLock held, MetaProperties identity)
    {
        Path = path;
        Environment = environment;
        Identity = identity;
        _lock = held;
        Deletions = new DeletionQueue(environment.Files, environment.Log);
        CleanShutdownEpoch = CleanShutdownMarker.Read(environment.Files, MarkerPath);
        _checkpoints = new DirectoryCheckpoints(environment.Files, path);
        FileSystem = environment.Files.OpenFileSystemSync(path);
        _recoveryPoints = _checkpoints.RecoveryPoints.Read(environment.Log);
        _logStarts = _checkpoints.LogStarts.Read(environment.Log);
        _highWatermarks = _checkpoints.HighWatermarks.Read(environment.Log);
        _cleanerPositions = new ConcurrentDictionary<TopicPartition, long>(_checkpoints.CleanerPositions.Read(environment.Log));
    }

    public string Path { get; }
    public LogEnvironment Environment { get; }
    public MetaProperties Identity { get; private set; }

    /// <summary>True when the last run on this directory stopped in order; its logs open without reading data then.</summary>
    public bool WasCleanShutdown => CleanShutdownEpoch is not null;

    /// <summary>The broker epoch that the last run left in its marker (-1: none); null without a marker.</summary>
    public long? CleanShutdownEpoch { get; }

    /// <summary>How logs of this directory are to be opened.</summary>
    public LogOpenMode OpenMode => WasCleanShutdown ? LogOpenMode.Clean : LogOpenMode.Unclean;

    public bool IsOffline => _offlineCause is not null;
    public Exception? OfflineCause => _offlineCause;

    /// <summary>Raised once, on the thread that saw the failure.</summary>
    public event Action<LogDirectory, Exception>? WentOffline;

    public IReadOnlyCollection<PartitionLog> Logs => (IReadOnlyCollection<PartitionLog>)_logs.Values;

    internal DeletionQueue Deletions { get; }

    /// <summary>Null where whole file systems cannot be synced at once.</summary>
    internal FileSystemSync? FileSystem { get; }

    private string MarkerPath => System.IO.Path.Combine(Path, CleanShutdownMarker.FileName);

    /// <summary>Opens a directory, making it when it is new.</summary>
    /// <param name="identify">Makes the identity of a directory that has none yet, or checks the one found and may throw; gets null or what
    /// is there.</param>
    /// <exception cref="LogDirectoryLockedException">Another process is on the directory.</exception>
    public static LogDirectory Open(string path, LogEnvironment environment, Func<MetaProperties?, MetaProperties> identify)
    {
        environment.Files.CreateDirectory(path);
        var held = DirectoryLock.Take(path);
        try
        {
            var metaPath = System.IO.Path.Combine(path, MetaProperties.FileName);
            var found = MetaProperties.Read(environment.Files, metaPath);
            var identity = identify(found);
            if (identity.DirectoryId == Uuid.Zero) identity = identity with { DirectoryId = Uuid.NewRandom() };
            if (identity != found) identity.Write(environment.Files, metaPath);
            var directory = new LogDirectory(path, environment, held, identity);
            environment.Files.Delete(directory.MarkerPath);
            environment.Files.SyncDirectory(path);
            return directory;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Writes the id of the cluster into the identity of a directory that has none yet.</summary>
    public void JoinCluster(string clusterId)
    {
        if (Identity.ClusterId == clusterId) return;
        var joined = Identity with { ClusterId = clusterId };
        joined.Write(Environment.Files, System.IO.Path.Combine(Path, MetaProperties.FileName));
        Environment.Files.SyncDirectory(Path);
        Identity = joined;
    }

    /// <summary>
    /// The partitions with files here. What was deleted goes to the deletion queue; strays stay where they are, and Kafka's metadata log is
    /// none of ours: both with a note.
    /// </summary>
    public List<StoredPartition> ListPartitions()
    {
        var found = new List<StoredPartition>();
        foreach (var name in Environment.Files.ListDirectories(Path))
        {
            var path = System.IO.Path.Combine(Path, name);
            if (name == PartitionDirectoryName.MetadataLog)
            {
                Environment.Log.Write(StorageLogLevel.Information, $"{path} is Kafka's metadata log: ignored, topics come from the directories beside it");
                continue;
            }
            switch (PartitionDirectoryName.Parse(name, out var partition))
            {
                case PartitionDirectoryKind.Live:
                    found.Add(new StoredPartition(this, partition, path, isFuture: false));
                    break;
                case PartitionDirectoryKind.Future:
                    found.Add(new StoredPartition(this, partition, path, isFuture: true));
                    break;
                case PartitionDirectoryKind.Deleted:
                    Deletions.Add(path, isDirectory: true, dueTickMs: 0);
                    break;
                case PartitionDirectoryKind.Stray:
                    Environment.Log.Write(StorageLogLevel.Warning, $"{path} is a stray replica: left as it is");
                    break;
            }
        }
        return found;
    }

    /// <summary>Total and free bytes of the file system; -1 when it does not say.</summary>
    public (long TotalBytes, long UsableBytes) ReadDiskSpace()
    {
        try
        {
            var drive = new DriveInfo(Path);
            return (drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Environment.Log.Write(StorageLogLevel.Debug, $"{Path}: no figures about the file system", error);
            return (-1, -1);
        }
    }

    /// <summary>
    /// Writes the ids of topics into partition directories that have none, durable together when this returns: one sync instead of one for
    /// each, which ten thousand directories of another make would take minutes for on a slow disk.
    /// </summary>
    public void Identify(IReadOnlyCollection<(StoredPartition Partition, Uuid TopicId)> partitions)
    {
        foreach (var (partition, topicId) in partitions) partition.WriteTopicId(topicId, sync: FileSystem is null);
        FileSystem?.Sync();
    }

    /// <summary>
    /// Renames the directory of a log that is not open to Kafka's <c>-stray</c> form, because it holds another topic of that name; where it
    /// is now.
    /// </summary>
    public string SetAside(TopicPartition partition)
    {
        var to = System.IO.Path.Combine(Path, PartitionDirectoryName.ForStray(partition));
        Environment.Files.RenameDirectory(System.IO.Path.Combine(Path, partition.ToString()), to);
        ForgetOffsets(partition);
        return to;
    }

    /// <summary>Writes the checkpoint files that have changed. Any thread.</summary>
    public void WriteCheckpoints()
    {
        if (IsOffline) return;
        lock (_checkpointGate)
        {
            if (_isClosed) return;
            try
            {
                WriteCheckpointsLocked();
            }
            catch (LogIoException error)
            {
                _isDirty = true;
                if (error.Kind == LogIoErrorKind.Offline) MarkOffline(error);
                throw;
            }
        }
    }

    /// <summary>Writes checkpoints when a log has asked for it since the last time; true when it did.</summary>
    public bool WriteCheckpointsIfDirty()
    {
        if (!_isDirty) return false;
        WriteCheckpoints();
        return true;
    }

    /// <summary>
    /// Renames a partition's directory, whose log could not be opened, to Kafka's <c>-delete</c> form; it goes after the delay. Nothing when
    /// there is none.
    /// </summary>
    public void Discard(TopicPartition partition, long delayMs)
    {
        var from = System.IO.Path.Combine(Path, partition.ToString());
        if (_logs.ContainsKey(partition) || !Environment.Files.DirectoryExists(from)) return;
        var to = System.IO.Path.Combine(Path, PartitionDirectoryName.ForDeletion(partition));
        Environment.Files.RenameDirectory(from, to);
        ForgetOffsets(partition);
        Deletions.Add(to, isDirectory: true, System.Environment.TickCount64 + delayMs);
    }

    /// <summary>Removes deleted files whose delay is over. Any thread.</summary>
    public void RemoveDeleted() => Deletions.Run(System.Environment.TickCount64);

    /// <summary>
    /// Ends this run. Logs must be closed before: those that were not, or not in order, make it an unclean end, and the marker is not
    /// written.
    /// </summary>
    public void Close(bool clean, long brokerEpoch = -1)
    {
        lock (_checkpointGate)
        {
            if (_isClosed) return;
            _isClosed = true;
            try
            {
                if (clean && !IsOffline && TryFinishClosing() && AreAllClosedCleanly())
                {
                    WriteCheckpointsLocked();
                    CleanShutdownMarker.Write(Environment.Files, MarkerPath, brokerEpoch);
                }
            }
            finally
            {
                FileSystem?.Dispose();
                _lock.Dispose();
            }
        }
    }

    public void Dispose() => Close(clean: false);

    internal long? RecoveryPointOf(TopicPartition partition) => Lookup(_recoveryPoints, partition);

    /// <summary>The state in which this process closed the log: its end is known, and may not be durable yet.</summary>
    internal LogState? ClosedStateOf(TopicPartition partition) =>
        _logs.TryGetValue(partition, out var log) && log.IsClosedCleanly ? log.State : null;

    internal long? LogStartOf(TopicPartition partition) => Lookup(_logStarts, partition);

    internal long? HighWatermarkOf(TopicPartition partition) => Lookup(_highWatermarks, partition);

    internal long? CleanerPositionOf(TopicPartition partition) => _cleanerPositions.TryGetValue(partition, out var offset) ? offset : null;

    internal void SetCleanerPosition(TopicPartition partition, long? offset)
    {
        if (offset is { } known) _cleanerPositions[partition] = known;
        else _cleanerPositions.TryRemove(partition, out _);
        MarkDirty();
    }

    internal void Register(PartitionLog log)
    {
        _logs.AddOrUpdate(log.Partition, log, (partition, known) =>
            known.State.IsClosed ? log : throw new InvalidOperationException($"The log of {partition} is open already."));
    }

    /// <summary>The log is deleted: no checkpoint speaks of it any more.</summary>
    internal void Forget(PartitionLog log)
    {
        if (!_logs.TryRemove(new KeyValuePair<TopicPartition, PartitionLog>(log.Partition, log))) return;
        ForgetOffsets(log.Partition);
    }

    /// <summary>A log was closed: opened once more, it finds its offsets as it left them.</summary>
    internal void Remember(PartitionLog log)
    {
        lock (_recoveryPoints)
        {
            RememberLocked(log);
            MarkDirty();
        }
    }

    internal void MarkDirty() => _isDirty = true;

    internal void MarkOffline(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _offlineCause, cause, null) is not null) return;
        Environment.Log.Write(StorageLogLevel.Error, $"Log directory {Path} goes offline: what was written last may be lost", cause);
        WentOffline?.Invoke(this, cause);
    }

    private void ForgetOffsets(TopicPartition partition)
    {
        lock (_recoveryPoints)
        {
            _recoveryPoints.Remove(partition);
            _logStarts.Remove(partition);
            _highWatermarks.Remove(partition);
        }
        SetCleanerPosition(partition, null);
    }

    private long? Lookup(Dictionary<TopicPartition, long> offsets, TopicPartition partition)
    {
        lock (_recoveryPoints) return offsets.TryGetValue(partition, out var offset) ? offset : null;
    }

    // Logs that were closed have written everything out; one sync makes it durable for all of them.
    private bool TryFinishClosing()
    {
        var works = new List<FlushWork>();
        foreach (var log in _logs.Values)
            if (log.ClosingWork is { } work) works.Add(work);
        if (works.Count == 0) return true;
        var isDurable = true;
        foreach (var result in FlushWork.ExecuteAll(this, works, areWritten: true))
        {
            if (result.Failure is null) result.Log.OnClosingDurable();
            else isDurable = false;
        }
        return isDurable;
    }

    // After an unclean start a log that was never opened (it was refused as corrupt) has not been validated: a marker would hide that from
    // the next start.
    private bool AreAllClosedCleanly()
    {
        if (!WasCleanShutdown)
        {
            foreach (var name in Environment.Files.ListDirectories(Path))
                if (PartitionDirectoryName.Parse(name, out var partition) == PartitionDirectoryKind.Live &&
                    name != PartitionDirectoryName.MetadataLog && !_logs.ContainsKey(partition)) return false;
        }
        foreach (var log in _logs.Values)
            if (!log.IsClosedCleanly) return false;
        return true;
    }

    private void WriteCheckpointsLocked()
    {
        _isDirty = false;
        lock (_recoveryPoints)
        {
            foreach (var log in _logs.Values) RememberLocked(log);
            _checkpoints.Write(_recoveryPoints, _logStarts, _highWatermarks, _cleanerPositions);
        }
    }

    private void RememberLocked(PartitionLog log)
    {
        if (!log.IsOnDisk) return;
        _recoveryPoints[log.Partition] = log.RecoveryPoint;
        _highWatermarks[log.Partition] = log.HighWatermark;
        if (log.LogStartOffset > log.FirstSegmentOffset) _logStarts[log.Partition] = log.LogStartOffset;
        else _logStarts.Remove(log.Partition);
    }
}
