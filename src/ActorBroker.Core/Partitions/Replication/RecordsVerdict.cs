namespace ActorBroker.Core.Partitions.Replication;

/// <summary>What becomes of records that arrive at a follower.</summary>
public enum RecordsVerdict : byte
{
    Take,

    /// <summary>They are here already: the leader did not hear of it.</summary>
    Known,

    /// <summary>Something before them was lost: open again.</summary>
    Gap,

    /// <summary>Another conversation, another epoch: nothing.</summary>
    Stale,
}
