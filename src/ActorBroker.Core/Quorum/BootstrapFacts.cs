using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>Where a control lane listens.</summary>
public readonly record struct LaneAddress(string Host, int Port)
{
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>What one node says of itself while it comes up; <paramref name="Follows"/> is the node that it would have form the
/// cluster, -1 for none.</summary>
public sealed record NodeStanding(
    int NodeId, Uuid FileId, string ClusterId, VoterSet Voters, bool IsJoined, int Follows);

public readonly record struct PeerStanding(LaneAddress Address, NodeStanding Standing);

/// <summary>Everything that the next step of coming up depends on. Milliseconds.</summary>
public sealed record BootstrapFacts(NodeStanding Own, LaneAddress Address, ImmutableArray<LaneAddress> Seeds, ImmutableArray<PeerStanding> Peers)
{
    /// <summary>The cluster id of a node that has run alone and has its metadata in a local journal; null otherwise.</summary>
    public string? LocalClusterId { get; init; }

    /// <summary>Used when this node makes a cluster.</summary>
    public string NewClusterId { get; init; } = "";

    /// <summary>How long the node has been waiting.</summary>
    public long WaitedMs { get; init; }

    /// <summary>How long it has followed whom it follows.</summary>
    public long FollowedMs { get; init; }

    /// <summary>A new cluster waits so long for all seeds, then a majority of them is enough.</summary>
    public long AllSeedsMs { get; init; } = 10_000;

    /// <summary>A vote for who forms the cluster holds so long.</summary>
    public long FollowHoldMs { get; init; } = 10_000;
}
