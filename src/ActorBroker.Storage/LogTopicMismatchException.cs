using ActorBroker.Core.Kernel;
using ActorBroker.Protocol;

namespace ActorBroker.Storage;

/// <summary>
/// The directory of a partition holds the log of another topic of that name, one that was deleted: it must not be served as this one's.
/// </summary>
public sealed class LogTopicMismatchException(TopicPartition partition, string path, Uuid found, Uuid expected)
    : Exception($"{path} belongs to topic id {found}; {partition} now has topic id {expected}")
{
    public TopicPartition Partition { get; } = partition;
    public string Path { get; } = path;
    public Uuid Found { get; } = found;
}
