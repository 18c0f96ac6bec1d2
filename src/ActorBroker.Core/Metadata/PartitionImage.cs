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
    ImmutableArray<Uuid> Directories)
{
    /// <summary>Members of <see cref="Replicas"/> that a reassignment brings in and that were not replicas before (KIP-455).</summary>
    public ImmutableArray<int> AddingReplicas { get; init; } = [];

    /// <summary>Members of <see cref="Replicas"/> that leave when the reassignment is complete.</summary>
    public ImmutableArray<int> RemovingReplicas { get; init; } = [];

    /// <summary>Replicas out of sync that nevertheless have everything committed, as the watermark stands still below min ISR
    /// (KIP-966).</summary>
    public ImmutableArray<int> Elr { get; init; } = [];

    /// <summary>The last members of <see cref="Elr"/> that were lost to unclean stops.</summary>
    public ImmutableArray<int> LastKnownElr { get; init; } = [];

    public bool IsReassigning => AddingReplicas.Length > 0 || RemovingReplicas.Length > 0;
}
