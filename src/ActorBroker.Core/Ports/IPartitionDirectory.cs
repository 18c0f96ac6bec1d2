using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>The partitions that this node leads now. Lock-free look-ups; null means not led here, and the metadata image says
/// why.</summary>
public interface IPartitionDirectory
{
    /// <summary>By the topic's name as it stands on the wire, without making a string of it.</summary>
    IPartition? Find(ReadOnlySpan<byte> topicUtf8, int partition);

    IPartition? Find(string topic, int partition);

    IPartition? Find(Uuid topicId, int partition);

    /// <summary>A partition that this node follows, for readers that were sent here (KIP-392); null for a node that follows nobody.</summary>
    IPartition? FindFollower(string topic, int partition) => null;

    IPartition? FindFollower(Uuid topicId, int partition) => null;

    /// <summary>Waits until this node leads the partition or the deadline passes (a topic that was just created); null then.</summary>
    Task<IPartition?> WaitForLeaderAsync(string topic, int partition, TimeSpan limit, CancellationToken cancel);

    /// <summary>All replicas on this node with their sizes, by log directory (DescribeLogDirs).</summary>
    Task<IReadOnlyList<LogDirectoryDescription>> DescribeLogDirectoriesAsync(CancellationToken cancel);
}
