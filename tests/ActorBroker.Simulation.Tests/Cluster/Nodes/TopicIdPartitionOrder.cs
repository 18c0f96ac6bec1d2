using ActorBroker.Core.Kernel;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>One order for all runs: that of the ids, not of their hashes.</summary>
internal sealed class TopicIdPartitionOrder : IComparer<TopicIdPartition>
{
    public static readonly TopicIdPartitionOrder Instance = new();

    public int Compare(TopicIdPartition x, TopicIdPartition y) =>
        x.TopicId.CompareTo(y.TopicId) is not 0 and var order ? order : x.Partition.CompareTo(y.Partition);
}
