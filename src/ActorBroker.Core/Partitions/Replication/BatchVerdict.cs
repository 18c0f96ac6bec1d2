namespace ActorBroker.Core.Partitions.Replication;

/// <summary>What becomes of one batch that arrives at a follower.</summary>
public enum BatchVerdict : byte
{
    Take,

    /// <summary>The log is empty and began inside this batch: it begins at the batch's base instead (R36).</summary>
    TakeFromBase,

    /// <summary>It is here already.</summary>
    Known,

    /// <summary>It carries an epoch above the leader's (KAFKA-18723): it and what follows is not taken.</summary>
    Drop,

    /// <summary>It cannot stand where it would have to.</summary>
    Corrupt,
}
