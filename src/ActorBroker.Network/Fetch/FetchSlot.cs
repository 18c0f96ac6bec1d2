using ActorBroker.Core.Ports;

namespace ActorBroker.Network.Fetch;

/// <summary>A partition of a fetch session: what the client wants from it, and what it was told last.</summary>
internal sealed class FetchSlot(FetchTopic topic, int partition, int tag)
{
    public FetchTopic Topic => topic;

    public int Partition => partition;

    /// <summary>Under this number the session is registered with the partition.</summary>
    public int Tag => tag;

    public long FetchOffset { get; private set; }

    public int MaxBytes { get; private set; }

    public int CurrentLeaderEpoch { get; private set; }

    public int LastFetchedEpoch { get; private set; }

    /// <summary>The high watermark and log start that the client knows; -1 when they are to be sent again (R43).</summary>
    public long KnownHighWatermark { get; set; } = -1;

    public long KnownLogStart { get; set; } = -1;

    /// <summary>The partition while this node leads it and the session is registered with it.</summary>
    public IPartition? Target { get; set; }

    /// <summary>In the session's list of partitions that may have something to say.</summary>
    public bool IsActive { get; set; }

    public bool IsRemoved { get; set; }

    /// <summary>The last response had records of it.</summary>
    public bool WasServed { get; set; }

    /// <summary>The last response did not tell everything: it is to be planned again without an advance.</summary>
    public bool HasMore { get; set; }

    /// <summary>The request that named this slot last, for full requests.</summary>
    public int Generation { get; set; }

    /// <summary>1 from the first advance until the session looks at it; guards <see cref="NextDirty"/>.</summary>
    internal int Dirty;

    /// <summary>Set by the partition when it leads no more.</summary>
    internal volatile bool IsClosed;

    internal FetchSlot? NextDirty;

    public void Want(in FetchEntry entry)
    {
        FetchOffset = entry.FetchOffset;
        MaxBytes = entry.MaxBytes;
        CurrentLeaderEpoch = entry.CurrentLeaderEpoch;
        LastFetchedEpoch = entry.LastFetchedEpoch;
    }
}
