using ActorBroker.Actors.Partitions;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Kernel;
using ActorBroker.Protocol;
using ActorBroker.Storage;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Directories;
using ActorBroker.Storage.Flushing;

namespace ActorBroker.Server.Start;

/// <summary>The node's disks: log directories with one identity, the flush threads, the housekeeper.</summary>
internal sealed class StorageSlice : IDisposable
{
    private readonly StorageHousekeeper _housekeeper;

    private StorageSlice(LogEnvironment environment, List<LogDirectory> directories, BrokerConfig config, string clusterId)
    {
        Directories = directories;
        ClusterId = clusterId;
        Flusher = new LogFlusher(environment.Settings.FlushThreads, environment.Log);
        Cleaner = config.Bool("log.cleaner.enable") ? new LogCleaner(environment) : null;
        Logs = new ReplicaLogs(directories, environment)
        {
            MaintenanceInterval = TimeSpan.FromMilliseconds(config.Long("log.cleaner.backoff.ms")),
            ProducerInterval = TimeSpan.FromMilliseconds(config.Int("producer.id.expiration.check.interval.ms")),
            RetentionInterval = TimeSpan.FromMilliseconds(config.Long("log.retention.check.interval.ms")),
        };
        _housekeeper = new StorageHousekeeper(environment, () => directories);
    }

    public IReadOnlyList<LogDirectory> Directories { get; }
    public ReplicaLogs Logs { get; }
    public LogFlusher Flusher { get; }

    /// <summary>Null when <c>log.cleaner.enable</c> is off.</summary>
    public LogCleaner? Cleaner { get; }

    /// <summary>The cluster that the directories belong to; a new node's is made here, or told by <see cref="Join"/>.</summary>
    public string ClusterId { get; private set; }

    public bool WasCleanShutdown => Directories.All(directory => directory.WasCleanShutdown);

    /// <summary>Where the journal is kept: the metadata directory, or the first log directory.</summary>
    public string JournalDirectory => Directories[0].Path;

    /// <param name="makesClusterId">False where new directories belong to a cluster whose id is not known yet.</param>
    public static StorageSlice Open(BrokerConfig config, BufferPool buffers, IStorageLog log, bool makesClusterId = true)
    {
        var environment = new LogEnvironment(SettingsFrom(config), buffers, log);
        var nodeId = config.Int("node.id");
        var clusterId = "";
        var directories = new List<LogDirectory>();
        try
        {
            var paths = config.List("log.dirs") is { Count: > 0 } several ? several : [config.Text("log.dir")!];
            foreach (var path in paths)
            {
                var full = Path.GetFullPath(path);
                var directory = LogDirectory.Open(full, environment, found => Identify(found, full, nodeId, makesClusterId, ref clusterId));
                directories.Add(directory);
            }

            return new StorageSlice(environment, directories, config, clusterId);
        }
        catch (Exception error) when (error is IOException or WireFormatException or UnauthorizedAccessException)
        {
            foreach (var directory in directories) directory.Dispose();
            throw new StartException(error.Message, error);
        }
        catch (StartException)
        {
            foreach (var directory in directories) directory.Dispose();
            throw;
        }
    }

    /// <summary>The incarnation of the life that begins now: above all that this node's directories and the metadata know.</summary>
    /// <param name="known">The incarnation that the metadata have, where they are at hand; else 0.</param>
    public long NextIncarnation(long known = 0)
    {
        try
        {
            return IncarnationFile.Next(JournalDirectory, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), known);
        }
        catch (Exception error) when (error is IOException or WireFormatException or UnauthorizedAccessException)
        {
            throw new StartException(error.Message, error);
        }
    }

    public void Dispose()
    {
        Cleaner?.Dispose();
        Flusher.Dispose();
        _housekeeper.Dispose();
        foreach (var directory in Directories) directory.Dispose();
    }

    /// <summary>The cluster has said which it is: directories without an id get it, others must have it.</summary>
    public void Join(string clusterId)
    {
        if (ClusterId.Length > 0 && ClusterId != clusterId)
        {
            throw new StartException(
                $"The log directories belong to cluster {ClusterId}, the nodes at the seed addresses to {clusterId}: " +
                "name the seeds of the one, or another --data.");
        }

        foreach (var directory in Directories) directory.JoinCluster(clusterId);
        ClusterId = clusterId;
    }

    private static MetaProperties Identify(MetaProperties? found, string path, int nodeId, bool makesClusterId, ref string clusterId)
    {
        if (found is null)
        {
            if (clusterId.Length == 0 && makesClusterId) clusterId = Uuid.NewRandom().ToString();
            return new MetaProperties(clusterId, nodeId, Uuid.Zero);
        }

        if (found.NodeId != nodeId)
            throw new StartException(
                $"{path} belongs to node {found.NodeId}, this is node {nodeId}: start with --node-id {found.NodeId}, or name another directory.");
        if (found.ClusterId.Length == 0) return found;
        if (clusterId.Length > 0 && found.ClusterId != clusterId)
            throw new StartException(
                $"{path} belongs to cluster {found.ClusterId}, the other log directories to {clusterId}: name directories of one cluster.");
        clusterId = found.ClusterId;
        return found;
    }

    private static StorageSettings SettingsFrom(BrokerConfig config) => new()
    {
        OpenFilesMax = config.Int("actorbroker.storage.open.files.max"),
        TailBudgetBytes = config.Long("actorbroker.storage.tail.bytes"),
        TailBytesPerPartitionMax = config.Int("actorbroker.storage.tail.partition.bytes"),
        TailAgeMaxMs = config.Long("actorbroker.storage.tail.age.max.ms"),
        FlushBytes = config.Long("actorbroker.storage.flush.bytes"),
        FlushIntervalMs = config.Long("actorbroker.storage.flush.interval.ms"),
        ReserveFromBytes = config.Int("actorbroker.storage.reserve.from.bytes"),
        ReserveStepMinBytes = config.Int("actorbroker.storage.reserve.step.min.bytes"),
        ReserveStepMaxBytes = config.Int("actorbroker.storage.reserve.step.max.bytes"),
        FlushThreads = config.Int("actorbroker.storage.flush.threads"),
        CheckpointIntervalMs = config.Long("actorbroker.storage.checkpoint.interval.ms"),
        ProducerExpirationMs = config.Int("producer.id.expiration.ms"),
        CleanerMapBytes = config.Long("log.cleaner.dedupe.buffer.size"),
    };
}
