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

/// <summary>Leader to follower: batches from an offset on, perhaps none, and how far is committed.</summary>
internal sealed record RecordsMessage(
    TopicIdPartition Partition, int LeaderEpoch, long Session, long StartOffset, IReadOnlyList<SimBatch> Batches, long HighWatermark)
    : ReplicationMessage(Partition, LeaderEpoch, Session);

/// <summary>Follower to leader: I have everything below the one, and synced below the other.</summary>
internal sealed record AckMessage(
    TopicIdPartition Partition, int LeaderEpoch, long Session, FollowerSession From, long EndOffset, long DurableEnd)
    : ReplicationMessage(Partition, LeaderEpoch, Session);

/// <summary>Leader to follower: say again where you are.</summary>
internal sealed record ProbeMessage(TopicIdPartition Partition, int LeaderEpoch, long Session)
    : ReplicationMessage(Partition, LeaderEpoch, Session);
