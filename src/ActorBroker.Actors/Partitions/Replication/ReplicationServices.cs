using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>What the replicas of a node need to talk to those of others; a node that is alone has none of it.</summary>
internal sealed record ReplicationServices(
    ReplicationSettings Settings, ReplicaPorts Ports, PeerLinks Links, ColdReader Reader, IController Controller, IMetadataSource Metadata)
{
    private long _lastSession;

    /// <summary>Incarnation of this process.</summary>
    public required long Incarnation { get; init; }

    public ReplicatedTraffic Replicated { get; init; } = new();

    public ReplicationThrottle LeaderThrottle { get; init; } = new();

    public ReplicationThrottle FollowerThrottle { get; init; } = new();

    /// <summary>A number above all that this process has used: conversations are told apart by it.</summary>
    public long NextSession() => Interlocked.Increment(ref _lastSession);

    /// <summary>Whether the controller would take the follower into the in-sync replicas (KIP-841, KIP-903).</summary>
    public bool IsEligible(int node, long incarnation) =>
        Metadata.Current.Brokers.TryGetValue(node, out var broker) && !broker.IsFenced && broker.Incarnation == incarnation;
}
