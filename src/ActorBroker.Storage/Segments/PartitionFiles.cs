using ActorBroker.Core.Kernel;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Segments;

/// <summary>Where one partition's files are. The directory's name changes when the partition is deleted.</summary>
internal sealed class PartitionFiles(LogDirectory directory, TopicPartition partition, string path)
{
    public LogDirectory Directory => directory;
    public TopicPartition Partition => partition;
    public LogEnvironment Environment => directory.Environment;
    public StorageFiles Files => directory.Environment.Files;
    public string Path { get; private set; } = path;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public string Of(long baseOffset, string suffix) => Of(SegmentNames.Of(baseOffset, suffix));

    public CachedFile Open(long baseOffset, string suffix, FileOpening opening) =>
        directory.Environment.Descriptors.Add(Of(baseOffset, suffix), opening);

    public void Warn(string message, Exception? error = null) =>
        Environment.Log.Write(StorageLogLevel.Warning, $"{partition}: {message}", error);

    public void MovedTo(string to) => Path = to;
}
