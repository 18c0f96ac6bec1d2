using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>A topic: its name, its id (never reused, KIP-516) and its partitions, index = partition number.</summary>
public sealed record TopicImage(string Name, Uuid Id, ImmutableArray<PartitionImage> Partitions)
{
    /// <summary>Topics that clients may read but not write or create (R60).</summary>
    public bool IsInternal => InternalTopics.Contains(Name);
}
