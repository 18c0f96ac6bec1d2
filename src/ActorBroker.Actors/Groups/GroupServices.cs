using ActorBroker.Core.Groups;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;

namespace ActorBroker.Actors.Groups;

/// <summary>What the group coordinator of a node needs from around it.</summary>
public sealed record GroupServices(
    GroupSettings Settings,
    IMetadataSource Metadata,
    IPartitionDirectory Partitions,
    IInternalTopicCreator TopicCreator,
    BufferPool Buffers,
    TimeProvider Clock);
