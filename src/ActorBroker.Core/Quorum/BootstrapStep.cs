using System.Collections.Immutable;

namespace ActorBroker.Core.Quorum;

/// <summary>What a node that comes up does next.</summary>
public abstract record BootstrapStep;

/// <summary>Ask again a little later.</summary>
public sealed record WaitForPeers(string Why) : BootstrapStep;

/// <summary>Make the cluster: keep the set, tell the other voters, ask again.</summary>
public sealed record FoundCluster(string ClusterId, VoterSet Voters) : BootstrapStep;

/// <summary>The node belongs to this cluster, or its voters have changed: keep that, ask again.</summary>
public sealed record AdoptCluster(string ClusterId, VoterSet Voters) : BootstrapStep;

/// <summary>Say that this node is to form the cluster, ask again.</summary>
public sealed record FollowNode(int NodeId) : BootstrapStep;

/// <summary>A majority of the voters waits for this node: join itself.</summary>
public sealed record JoinSelf : BootstrapStep
{
    public static readonly JoinSelf Instance = new();
}

/// <summary>Join by these nodes (<c>Cluster.JoinSeedNodes</c>); this node is not among them.</summary>
public sealed record JoinNodes(ImmutableArray<LaneAddress> Nodes) : BootstrapStep;

/// <summary>The node must not start.</summary>
public sealed record RefuseStart(string Reason) : BootstrapStep;
