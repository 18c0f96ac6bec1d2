using System.Collections.Immutable;

namespace ActorBroker.Core.Partitions;

/// <summary>
/// The controller's word that a node leads a partition: the epoch (one more than any before), the controller's ballot under which that was
/// committed, and the in-sync replicas to start with. Without a grant there is no leader.
/// </summary>
public readonly record struct LeadershipGrant(
    int LeaderEpoch, int PartitionEpoch, long Ballot, int Node, ImmutableArray<int> Replicas, ImmutableArray<int> Isr);
