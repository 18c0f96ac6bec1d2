using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Simulation.Tests.Cluster.Disks;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>
/// A replica in one process: its log is with the leader or with the follower. A leader that has to go keeps the log until its last word, and
/// what comes next waits.
/// </summary>
internal sealed class SimReplica(TopicIdPartition id, TopicPartition name, SimLog log)
{
    public TopicIdPartition Id => id;

    public TopicPartition Name => name;

    /// <summary>For the trace.</summary>
    public long Number { get; } = ((long)(id.TopicId.Low & 0xFFFF) << 16) | (uint)id.Partition;

    public SimLog Log => log;

    public PartitionSettings Settings { get; set; } = new();

    public SimLeader? Leader { get; set; }

    public SimFollower? Follower { get; set; }

    public ReplicaEffect? Next { get; set; }
}
