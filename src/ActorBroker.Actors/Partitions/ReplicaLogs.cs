using System.Collections.Concurrent;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Storage;
using ActorBroker.Storage.Directories;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// The logs of a node across its directories: which is open, where a new one goes, which directories are offline. The replica host calls
/// it on its turns;
/// descriptions are read from any thread.
/// </summary>
public sealed class ReplicaLogs(IReadOnlyList<LogDirectory> directories, LogEnvironment environment)
{
    private readonly ConcurrentDictionary<TopicIdPartition, PartitionLog> _open = new();

    private int _damagedCount;

    /// <summary>
    /// Logs that were found damaged at the start. What they had acknowledged may be gone: a node that has any must not register as one that
    /// stopped in order, so that it leaves the in-sync replicas before it can be elected.
    /// </summary>
    public int DamagedCount => Volatile.Read(ref _damagedCount);

    public TimeSpan ProducerInterval { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan RetentionInterval { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromSeconds(15);

    public IReadOnlyList<LogDirectory> Directories => directories;

    /// <summary>Directories that a disk error took out of service.</summary>
    public int OfflineCount => directories.Count(directory => directory.IsOffline);

    /// <summary>
    /// Opens what the directories hold, on all processors: after a crash that is where the tails are validated. A log that is damaged in
    /// the middle is
    /// left out and named in the answer; the rest of the node goes on.
    /// </summary>
    public IReadOnlyList<StoredTopicPartition> OpenStored(Func<string, PartitionSettings> settingsOf)
    {
        var stored = new ConcurrentBag<StoredTopicPartition>();
        var settingsByTopic = new ConcurrentDictionary<string, PartitionSettings>(StringComparer.Ordinal);
        var found = directories.SelectMany(directory => directory.ListPartitions()).Where(partition => !partition.IsFuture).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = environment.Settings.RecoveryThreads };
        var ids = IdentifyAll(found, parallel);
        Parallel.ForEach(found, parallel, partition =>
        {
            var topicId = ids[partition];
            var id = new TopicIdPartition(topicId, partition.Partition.Partition);
            try
            {
                var settings = settingsByTopic.GetOrAdd(partition.Partition.Topic, settingsOf);
                var log = PartitionLog.Open(partition.Directory, partition.Partition, topicId, settings, partition.Directory.OpenMode);
                _open[id] = log;
                stored.Add(new StoredTopicPartition(partition.Partition, topicId, partition.Directory.Identity.DirectoryId, log.LatestEpoch));
            }
            catch (Exception error) when (error is LogCorruptException or IOException)
            {
                if (error is LogCorruptException) Interlocked.Increment(ref _damagedCount);
                environment.Log.Write(StorageLogLevel.Error, $"{partition.Partition} in {partition.Directory.Path} stays offline: {error.Message}", error);
            }
        });
        return [.. stored];
    }

    /// <summary>
    /// The topic ids of what was found. A directory without one belongs to the topic of that name as the others have it, or to one that gets
    /// its id now.
    /// </summary>
    private ConcurrentDictionary<StoredPartition, Uuid> IdentifyAll(List<StoredPartition> found, ParallelOptions parallel)
    {
        var ids = new ConcurrentDictionary<StoredPartition, Uuid>();
        Parallel.ForEach(found, parallel, partition =>
        {
            if (partition.ReadTopicId() is { } id) ids[partition] = id;
        });
        var idsByTopic = new Dictionary<string, Uuid>(StringComparer.Ordinal);
        foreach (var (partition, id) in ids) idsByTopic.TryAdd(partition.Partition.Topic, id);
        var nameless = new List<(StoredPartition Partition, Uuid TopicId)>();
        foreach (var partition in found)
        {
            if (ids.ContainsKey(partition)) continue;
            if (!idsByTopic.TryGetValue(partition.Partition.Topic, out var id)) idsByTopic.Add(partition.Partition.Topic, id = Uuid.NewRandom());
            ids[partition] = id;
            nameless.Add((partition, id));
        }

        foreach (var group in nameless.GroupBy(entry => entry.Partition.Directory))
        {
            try
            {
                group.Key.Identify([.. group]);
            }
            catch (LogIoException error)
            {
                environment.Log.Write(StorageLogLevel.Error, $"the topic ids of {group.Count()} partitions in {group.Key.Path} could not be written", error);
            }
        }

        return ids;
    }

    /// <summary>The log, opened or made now if need be, in the directory that the metadata names, else in the one with the fewest
    /// logs.</summary>
    internal PartitionLog Open(TopicIdPartition id, TopicPartition name, PartitionSettings settings, Uuid directoryId)
    {
        if (_open.TryGetValue(id, out var log)) return log;
        var directory = Choose(directoryId) ?? throw new IOException("Every log directory of this node is offline.");
        try
        {
            log = PartitionLog.Open(directory, name, id.TopicId, settings, directory.OpenMode);
        }
        catch (LogTopicMismatchException mismatch)
        {
            // The caller owns the directory of this name, so nobody leads what is in it: it was left over when its topic was deleted.
            SetAside(directory, name, mismatch.Found);
            log = PartitionLog.Open(directory, name, id.TopicId, settings, directory.OpenMode);
        }

        _open[id] = log;
        return log;
    }

    /// <summary>A new, empty log in place of a damaged one, whose files go after the delete delay.</summary>
    internal PartitionLog Rebuild(TopicIdPartition id, TopicPartition name, PartitionSettings settings, Uuid directoryId)
    {
        if (_open.TryRemove(id, out var damaged)) damaged.Delete();
        else
            foreach (var directory in directories)
                if (!directory.IsOffline) directory.Discard(name, settings.FileDeleteDelayMs);
        return Open(id, name, settings, directoryId);
    }

    /// <summary>
    /// Moves what is stored of a topic that the metadata does not know (any more) out of the way, with a warning; the files stay for the
    /// operator.
    /// </summary>
    public void SetAside(string topic, Uuid topicId)
    {
        foreach (var (id, log) in _open)
            if (id.TopicId == topicId && log.Partition.Topic == topic) SetAside(log.Directory, log.Partition, topicId);
    }

    private void SetAside(LogDirectory directory, TopicPartition name, Uuid topicId)
    {
        var path = _open.TryRemove(new TopicIdPartition(topicId, name.Partition), out var log) ? log.SetAside() : directory.SetAside(name);
        environment.Log.Write(
            StorageLogLevel.Warning, $"{name} with topic id {topicId} belongs to no topic of the metadata: its directory was set aside as {path}");
    }

    internal void Delete(TopicIdPartition id, TopicPartition name)
    {
        if (!_open.TryRemove(id, out var log)) return;
        try
        {
            log.Delete();
        }
        catch (LogIoException error)
        {
            environment.Log.Write(StorageLogLevel.Error, $"{name} could not be deleted", error);
        }
    }

    internal void Failed(PartitionLog log, LogIoException failure) =>
        environment.Log.Write(StorageLogLevel.Error, $"{log.Partition}: appends have ended: {failure.Message}", failure);

    internal bool IsIn(TopicIdPartition id, LogDirectory directory) => _open.TryGetValue(id, out var log) && log.Directory == directory;

    internal bool IsOffline(TopicIdPartition id) => _open.TryGetValue(id, out var log) && log.Directory.IsOffline;

    /// <summary>Closes every log in order, on all processors, then the directories with their clean-shutdown markers.</summary>
    internal void CloseAll(long incarnation)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = environment.Settings.RecoveryThreads };
        Parallel.ForEach(_open.Values, parallel, log =>
        {
            try
            {
                log.Close(!log.Directory.IsOffline);
            }
            catch (LogIoException error)
            {
                environment.Log.Write(StorageLogLevel.Error, $"{log.Partition} could not be closed in order; it is validated at the next start", error);
            }
        });
        _open.Clear();
        foreach (var directory in directories) directory.Close(!directory.IsOffline, incarnation);
    }

    internal IReadOnlyList<LogDirectoryDescription> Describe()
    {
        var descriptions = new List<LogDirectoryDescription>();
        foreach (var directory in directories)
        {
            var (total, usable) = directory.ReadDiskSpace();
            var replicas = new List<ReplicaDescription>();
            foreach (var log in directory.Logs) replicas.Add(new ReplicaDescription(log.Partition, log.SizeInBytes, 0, false));
            var error = directory.IsOffline ? ErrorCode.KafkaStorageError : ErrorCode.None;
            descriptions.Add(new LogDirectoryDescription(directory.Path, directory.Identity.DirectoryId, error, total, usable, replicas));
        }

        return descriptions;
    }

    private LogDirectory? Choose(Uuid directoryId)
    {
        LogDirectory? best = null;
        foreach (var directory in directories)
        {
            if (directory.IsOffline) continue;
            if (directory.Identity.DirectoryId == directoryId) return directory;
            if (best is null || directory.Logs.Count < best.Logs.Count) best = directory;
        }

        return best;
    }
}

/// <summary>A partition that was found in a directory and opened.</summary>
public readonly record struct StoredTopicPartition(TopicPartition Name, Uuid TopicId, Uuid DirectoryId, int LastLeaderEpoch);
