using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// A partition's registration. <see cref="Leader"/> is -1 while nobody may lead; the leader epoch grows with every change of leadership,
/// the partition epoch with every change at all. <see cref="Directories"/> names the log directory of each replica, in the order of
/// <see cref="Replicas"/>.
/// </summary>
public sealed record PartitionImage(
    ImmutableArray<int> Replicas, ImmutableArray<int> Isr, int Leader, int LeaderEpoch, int PartitionEpoch,
    ImmutableArray<Uuid> Directories);
