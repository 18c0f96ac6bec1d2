using ActorBroker.Core.Kernel;
using ActorBroker.Protocol;
using ActorBroker.Storage.Checkpoints;

namespace ActorBroker.Storage.Directories;

/// <summary>A partition that a log directory has files of.</summary>
public sealed class StoredPartition
{
    private readonly string _path;

    internal StoredPartition(LogDirectory directory, TopicPartition partition, string path, bool isFuture)
    {
        Directory = directory;
        Partition = partition;
        IsFuture = isFuture;
        _path = path;
    }

    public LogDirectory Directory { get; }
    public TopicPartition Partition { get; }

    /// <summary>A copy that was moving between directories (KIP-113): not to be served.</summary>
    public bool IsFuture { get; }

    /// <summary>Gives the directory the id of its topic; durable at once only when <paramref name="sync"/> says so.</summary>
    internal void WriteTopicId(Uuid topicId, bool sync) =>
        Directory.Environment.Files.ReplaceUnsynced(Path.Combine(_path, PartitionMetadataFile.FileName), PartitionMetadataFile.Write(topicId), sync);

    /// <summary>The topic's id from <c>partition.metadata</c>, null when the file is missing or damaged. Reads the file.</summary>
    public Uuid? ReadTopicId()
    {
        try
        {
            return PartitionMetadataFile.Read(Directory.Environment.Files, Path.Combine(_path, PartitionMetadataFile.FileName));
        }
        catch (WireFormatException error)
        {
            Directory.Environment.Log.Write(StorageLogLevel.Warning, $"{Partition}: the partition metadata is damaged", error);
            return null;
        }
    }
}
