using ActorBroker.Core.Configuration;
using ActorBroker.Core.Quorum;

namespace ActorBroker.Actors.Quorum;

/// <summary>How patient the quorum's client is. Milliseconds.</summary>
public sealed record QuorumSettings
{
    /// <summary>A request without an answer is sent again after this.</summary>
    public int RetransmitMs { get; init; } = 200;

    /// <summary>A recovery or a write that has no majority after this has failed.</summary>
    public int TimeoutMs { get; init; } = 5_000;

    /// <summary>A change of the voters that has not come to its end after this has failed.</summary>
    public int ChangeTimeoutMs { get; init; } = 30_000;

    /// <summary>Between two rounds of questions of a node that comes up.</summary>
    public int BootstrapIntervalMs { get; init; } = 50;

    /// <summary>A new cluster waits so long for all seeds, then a majority of them is enough.</summary>
    public int BootstrapAllSeedsMs { get; init; } = 10_000;

    public static QuorumSettings From(BrokerConfig config) => new()
    {
        RetransmitMs = config.Int("actorbroker.quorum.retransmit.ms"),
        TimeoutMs = config.Int("actorbroker.quorum.timeout.ms"),
        ChangeTimeoutMs = config.Int("actorbroker.quorum.change.timeout.ms"),
        BootstrapAllSeedsMs = config.Int("actorbroker.quorum.bootstrap.wait.ms"),
    };

    internal OwnerSettings ForOwner(QuorumAccess access) =>
        new(access.NodeId, access.Incarnation, access.ClusterId) { RetransmitMs = RetransmitMs, TimeoutMs = TimeoutMs };

    internal OwnerSettings ForChange(QuorumAccess access) =>
        new(access.NodeId, access.Incarnation, access.ClusterId) { RetransmitMs = RetransmitMs, TimeoutMs = ChangeTimeoutMs };
}
