using System.Collections.Concurrent;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;

namespace ActorBroker.Storage.Directories;

/// <summary>What to open.</summary>
public readonly record struct LogOpenRequest(LogDirectory Directory, TopicPartition Partition, Uuid TopicId, PartitionSettings Settings);

/// <summary>What became of it: the log, or why it is not served.</summary>
public readonly record struct LogOpenResult(LogOpenRequest Request, PartitionLog? Log, Exception? Failure);

/// <summary>The log directories of a node: opened together, with the logs in them recovered side by side.</summary>
public sealed class LogDirectorySet(IReadOnlyList<LogDirectory> directories)
{
    public IReadOnlyList<LogDirectory> Directories => directories;

    /// <summary>All partitions with files, of all directories.</summary>
    public List<StoredPartition> ListPartitions()
    {
        var found = new List<StoredPartition>();
        foreach (var directory in directories) found.AddRange(directory.ListPartitions());
        return found;
    }

    /// <summary>
    /// Opens many logs on a bounded number of threads (recovery reads and checks whole tails). One log's failure is its own result; the
    /// others go on.
    /// </summary>
    public static IReadOnlyCollection<LogOpenResult> OpenAll(IReadOnlyCollection<LogOpenRequest> requests, int threads)
    {
        var results = new ConcurrentBag<LogOpenResult>();
        Parallel.ForEach(requests, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) }, request => results.Add(Open(request)));
        return results;
    }

    private static LogOpenResult Open(LogOpenRequest request)
    {
        try
        {
            return new LogOpenResult(
                request, PartitionLog.Open(request.Directory, request.Partition, request.TopicId, request.Settings, request.Directory.OpenMode), null);
        }
        catch (Exception error) when (error is LogCorruptException or LogTopicMismatchException or LogIoException or WireFormatException)
        {
            request.Directory.Environment.Log.Write(StorageLogLevel.Error, $"{request.Partition} is offline", error);
            return new LogOpenResult(request, null, error);
        }
    }
}
