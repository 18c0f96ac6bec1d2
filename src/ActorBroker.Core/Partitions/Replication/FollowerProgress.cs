namespace ActorBroker.Core.Partitions.Replication;

/// <summary>
/// What a leader knows of one follower. Ends are exclusive: <see cref="NextOffset"/> is sent next, everything below <see cref="EndOffset"/>
/// has been received, everything below <see cref="DurableEnd"/> counts for the high watermark. Changed by <see cref="ReplicationMachine"/>
/// alone.
/// </summary>
public sealed class FollowerProgress(int node)
{
    private readonly Queue<(long EndOffset, int Bytes)> _inFlight = new();

    public int Node => node;

    /// <summary>The follower's process, -1 before it has opened: an in-sync replica counts with its incarnation (KIP-903).</summary>
    public long Incarnation { get; internal set; } = -1;

    /// <summary>The follower's own number of this conversation, -1 while there is none. Words of another one are stale.</summary>
    public long Session { get; internal set; } = -1;

    /// <summary>The highest number that this process of the follower has used.</summary>
    internal long LastSession { get; set; } = -1;

    /// <summary>The logs have been found to agree, records may be sent.</summary>
    public bool IsStreaming { get; internal set; }

    /// <summary>Its disk has failed, or its log came back shorter than what was committed: if it is in sync, it leaves at once.</summary>
    public bool IsLost { get; internal set; }

    /// <summary>What was committed when it came back shorter: from there on it is not lost any more.</summary>
    internal long LostBelow { get; set; }

    public long NextOffset { get; internal set; }
    public long EndOffset { get; internal set; }
    public long DurableEnd { get; internal set; }
    public long LogStart { get; internal set; } = -1;

    /// <summary>The high watermark that was last sent to it.</summary>
    public long SentHighWatermark { get; internal set; } = -1;

    /// <summary>The last time at which it is known to have had everything.</summary>
    public long CaughtUpMs { get; internal set; }

    /// <summary>It had everything a moment ago: the high watermark waits for it although it is not in sync yet (R32).</summary>
    public bool IsNear { get; internal set; }

    /// <summary>It has spoken since the last tick. One that is behind and silent does not come into sync, however low the watermark is.</summary>
    public bool HasSpoken { get; internal set; }

    /// <summary>Bytes sent and not acknowledged.</summary>
    public int InFlightBytes { get; private set; }

    internal long HeardMs { get; set; }

    /// <summary>Something was sent that it has not said to have received, or received that it has not said to have synced.</summary>
    public bool OwesAcknowledgement => _inFlight.Count > 0 || DurableEnd < EndOffset;

    internal void Sent(long endOffset, int bytes)
    {
        _inFlight.Enqueue((endOffset, bytes));
        InFlightBytes += bytes;
        NextOffset = endOffset;
    }

    /// <summary>The bytes that no longer are under way.</summary>
    internal int Settle(long endOffset)
    {
        var freed = 0;
        while (_inFlight.TryPeek(out var sent) && sent.EndOffset <= endOffset) freed += _inFlight.Dequeue().Bytes;
        InFlightBytes -= freed;
        return freed;
    }

    /// <summary>Ends the conversation; what was under way counts no more and is given back.</summary>
    internal int Forget()
    {
        var freed = InFlightBytes;
        _inFlight.Clear();
        InFlightBytes = 0;
        Session = -1;
        IsStreaming = IsNear = false;
        return freed;
    }
}
