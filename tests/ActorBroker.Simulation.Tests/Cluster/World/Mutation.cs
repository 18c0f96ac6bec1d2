namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>A bug that a run plants on purpose, to show that the simulation would find it. All of them sit in the simulation's shells.</summary>
internal enum Mutation
{
    None,

    /// <summary>A leader answers acks=all when it has appended.</summary>
    AckBeforeReplication,

    /// <summary>A follower cuts its log to its own high watermark instead of asking the leader where their epochs part.</summary>
    TruncateToHighWatermark,

    /// <summary>A follower takes batches of any leader, also of one that was replaced.</summary>
    FollowerIgnoresEpoch,

    /// <summary>What a replica's earlier process had acknowledged counts for the one that has the node id now: after a power loss it is in
    /// sync without what it has lost.</summary>
    StaleIncarnationInSync,

    /// <summary>The high watermark is where enough replicas are, whoever they are.</summary>
    WatermarkByCount,

    /// <summary>A new owner of the journal adopts the longest log, not the one with the highest last ballot.</summary>
    AdoptLongestLog,

    /// <summary>A voter promises before the promise is on its disk.</summary>
    PromiseNotSynced,

    /// <summary>A voter accepts entries before they are on its disk.</summary>
    EntryNotSynced,

    /// <summary>Two owners of the journal write under one ballot.</summary>
    SharedBallot,

    /// <summary>A replica that is not in sync may lead although the topic forbids it.</summary>
    UncleanLeader,

    /// <summary>A commit of group offsets is answered when it is appended.</summary>
    CommitAnsweredEarly,

    /// <summary>A leader does not know the batches that its predecessor took.</summary>
    ForgottenProducers,

    /// <summary>A process that starts leads by the metadata of its former life.</summary>
    LeadsByOldGrant,

    /// <summary>The controller publishes what the journal has not confirmed.</summary>
    PublishBeforeCommit,

    /// <summary>A leader counts a follower as far as it was sent, not as far as it has written.</summary>
    CountsSentAsWritten,

    /// <summary>A leader goes on after the controller has told it that another one leads.</summary>
    LeaderDoesNotResign,

    /// <summary>A topic that flushes before it answers does not flush on its followers.</summary>
    FollowerAnswersUnsynced,
}
