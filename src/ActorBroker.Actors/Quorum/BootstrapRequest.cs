using System.Collections.Immutable;
using ActorBroker.Core.Quorum;
using Akka.Actor;

namespace ActorBroker.Actors.Quorum;

/// <summary>What a node brings along when it looks for its cluster.</summary>
/// <param name="Seeds">The control lanes of <c>akka.cluster.seed-nodes</c>, in their order; they count for a node of no cluster only.</param>
public sealed record BootstrapRequest(ImmutableArray<LaneAddress> Seeds)
{
    /// <summary>The cluster id of <c>meta.properties</c> when the node has run alone; null otherwise.</summary>
    public string? LocalClusterId { get; init; }

    /// <summary>What <see cref="LocalJournalImport"/> found, for a node that has run alone.</summary>
    public IReadOnlyList<AcceptorRecord> Imported { get; init; } = [];

    /// <summary>Where a node's <c>/user/quorum</c> is found; null takes its address on the control lane.</summary>
    public Func<LaneAddress, ICanTell>? Resolve { get; init; }
}
