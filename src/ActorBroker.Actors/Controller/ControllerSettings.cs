using ActorBroker.Core.Configuration;

namespace ActorBroker.Actors.Controller;

/// <summary>How a node runs the controller. Milliseconds.</summary>
public sealed record ControllerSettings(int NodeId, string NewClusterId)
{
    /// <summary>Batches in the journal after which a snapshot is written and the journal is cut.</summary>
    public int SnapshotBatches { get; init; } = 2000;

    /// <summary>Commands that are decided and written together at most.</summary>
    public int MaxCommandsPerWrite { get; init; } = 1000;

    /// <summary>The journal and snapshot plugins; empty takes those of the actor system.</summary>
    public string JournalPluginId { get; init; } = "";

    public string SnapshotPluginId { get; init; } = "";

    public int RestartBackoffMs { get; init; } = 200;

    /// <summary>A controller that was replaced while it had nothing to do leaves the log to the other one for so long.</summary>
    public int StandBackMs { get; init; } = 5_000;

    public int RestartBackoffMaxMs { get; init; } = 10_000;

    /// <summary>
    /// Settings from the broker's configuration; <paramref name="newClusterId"/> counts only when there is no cluster yet.
    /// </summary>
    public static ControllerSettings From(BrokerConfig config, string newClusterId) => new(config.Int("node.id"), newClusterId)
    {
        SnapshotBatches = config.Int("actorbroker.controller.snapshot.batches"),
        RestartBackoffMs = config.Int("actorbroker.controller.restart.backoff.ms"),
    };
}
