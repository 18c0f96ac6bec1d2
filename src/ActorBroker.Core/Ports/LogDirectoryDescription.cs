using ActorBroker.Core.Kernel;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>One log directory and the replicas in it (KIP-113, KIP-827). Bytes; -1 when the file system does not say.</summary>
public sealed record LogDirectoryDescription(
    string Path, Uuid DirectoryId, ErrorCode Error, long TotalBytes, long UsableBytes, IReadOnlyList<ReplicaDescription> Replicas);

public readonly record struct ReplicaDescription(TopicPartition Partition, long SizeBytes, long OffsetLag, bool IsFuture);
