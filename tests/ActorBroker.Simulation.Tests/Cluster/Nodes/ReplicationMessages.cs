using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Simulation.Tests.Cluster.Disks;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>What replicas say to each other; every word carries the leader's epoch and the follower's conversation.</summary>
internal abstract record ReplicationMessage(TopicIdPartition Partition, int LeaderEpoch, long Session);

/// <summary>Follower to leader: where my log ends, where do we agree?</summary>
internal sealed record OpenMessage(TopicIdPartition Partition, int LeaderEpoch, long Session, FollowerSession From, ReplicaPosition Position)
    : ReplicationMessage(Partition, LeaderEpoch, Session);

internal sealed record OpenAnswerMessage(TopicIdPartition Partition, int LeaderEpoch, long Session, OpenAnswer Answer)
    : ReplicationMessage(Partition, LeaderEpoch, Session);

/// <summary>
/// Leader to follower: batches from an offset on, and how far is committed. Without batches it tells the watermark, or asks where the
/// follower is.
/// </summary>
internal sealed record RecordsMessage(
    TopicIdPartition Partition, int LeaderEpoch, long Session, long StartOffset, IReadOnlyList<SimBatch> Batches, long HighWatermark,
    bool WantsAnswer)
    : ReplicationMessage(Partition, LeaderEpoch, Session);

/// <summary>Follower to leader: I have everything below the one, and synced below the other.</summary>
internal sealed record AckMessage(
    TopicIdPartition Partition, int LeaderEpoch, long Session, FollowerSession From, long EndOffset, long DurableEnd)
    : ReplicationMessage(Partition, LeaderEpoch, Session);

/// <summary>Leader to follower: I lead now, and have not heard of you.</summary>
internal sealed record LeaderHereMessage(TopicIdPartition Partition, int LeaderEpoch) : ReplicationMessage(Partition, LeaderEpoch, -1);
