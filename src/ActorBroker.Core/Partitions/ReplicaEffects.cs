using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Partitions;

/// <summary>What a node has to do so that its replicas are what the metadata says.</summary>
public abstract record ReplicaEffect(TopicIdPartition Id, TopicPartition Name);

/// <summary>This node is the leader under an epoch it has not acted on.</summary>
public sealed record LeadReplica(TopicIdPartition Id, TopicPartition Name, LeadershipGrant Grant, PartitionImage Image) : ReplicaEffect(Id, Name);

/// <summary>This node leads on, with other in-sync replicas.</summary>
public sealed record UpdateReplicaIsr(TopicIdPartition Id, TopicPartition Name, LeadershipGrant Grant) : ReplicaEffect(Id, Name);

/// <summary>This node holds a replica that another node leads, or leads under another epoch than before.</summary>
public sealed record FollowReplica(TopicIdPartition Id, TopicPartition Name, PartitionImage Image) : ReplicaEffect(Id, Name);

/// <summary>This node holds a replica that nobody leads at present.</summary>
public sealed record RestReplica(TopicIdPartition Id, TopicPartition Name, PartitionImage Image) : ReplicaEffect(Id, Name);

/// <summary>The topic is gone, or this node holds no replica of it any more: the log goes too.</summary>
public sealed record DeleteReplica(TopicIdPartition Id, TopicPartition Name) : ReplicaEffect(Id, Name);
