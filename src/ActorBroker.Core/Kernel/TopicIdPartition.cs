using ActorBroker.Protocol;

namespace ActorBroker.Core.Kernel;

/// <summary>A partition by its topic's id (KIP-516): survives the deletion and re-creation of a topic of the same name as something
/// else.</summary>
public readonly record struct TopicIdPartition(Uuid TopicId, int Partition)
{
    public override string ToString() => $"{TopicId}:{Partition}";
}
