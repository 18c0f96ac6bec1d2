using ActorBroker.Core.Kernel;

namespace ActorBroker.Storage;

/// <summary>The bytes of a log contradict themselves where a crash cannot be the cause; the partition stays closed, others go on.</summary>
public sealed class LogCorruptException(TopicPartition partition, string file, long position, string reason)
    : Exception($"The log of {partition} is corrupt: {file} at position {position}: {reason}")
{
    public TopicPartition Partition { get; } = partition;
    public string File { get; } = file;
    public long Position { get; } = position;
}
