namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>What one replica says to another. The numbers are those of the wire.</summary>
internal enum PartKind : byte
{
    /// <summary>Follower → leader: where do our logs agree?</summary>
    Open = 1,

    /// <summary>Leader → follower: the answer.</summary>
    Opened = 2,

    /// <summary>Leader → follower: batches at an offset, or none but news of the watermark.</summary>
    Records = 3,

    /// <summary>Follower → leader: everything below these ends is here.</summary>
    Acknowledge = 4,

    /// <summary>Follower → leader: no more, for the reason given.</summary>
    Closed = 5,

    /// <summary>Leader → follower: open (again), I lead.</summary>
    LeaderHere = 6,

    /// <summary>Never on the wire: what a leader had read of a cold segment for one follower.</summary>
    ColdRead = 255,
}
