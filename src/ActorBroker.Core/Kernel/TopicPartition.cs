namespace ActorBroker.Core.Kernel;

/// <summary>A partition by the name of its topic; what clients and file names speak.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <summary>Kafka's directory name: <c>topic-partition</c>.</summary>
    public override string ToString() => $"{Topic}-{Partition}";
}
