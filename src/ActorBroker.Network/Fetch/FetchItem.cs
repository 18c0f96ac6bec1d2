using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>What a response will say about one partition. Slices and aborted transactions are ranges of the plan's lists.</summary>
internal struct FetchItem(FetchSlot slot)
{
    public readonly FetchSlot Slot = slot;
    public ErrorCode Error;
    public long HighWatermark = -1;
    public long LastStableOffset = -1;
    public long LogStartOffset = -1;
    public int FirstSlice;
    public int SliceCount;
    public int Bytes;
    public int FirstAborted;

    /// <summary>-1: no list at all (read_uncommitted).</summary>
    public int AbortedCount = -1;

    public int DivergingEpoch = -1;
    public long DivergingEndOffset = -1;
    /// <summary>The follower that the client should read from; -1: this node (KIP-392).</summary>
    public int PreferredReplica = -1;

    public int LeaderId = -1;
    public int LeaderEpoch = -1;

    /// <summary>Everything below the bound was read: until the next advance there is nothing more.</summary>
    public bool IsExhausted;

    public readonly bool IsDiverging => DivergingEndOffset >= 0;
}
