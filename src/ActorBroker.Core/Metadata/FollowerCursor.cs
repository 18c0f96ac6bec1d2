namespace ActorBroker.Core.Metadata;

/// <summary>
/// How far one follower has been sent the metadata. The controller pushes without waiting, but no more than a window of pushes that the
/// follower has not reported; a slow follower so costs a position, not a queue. A follower reports its offset after every push, and at
/// intervals in any case: when two reports at intervals name the same offset although more was sent, something was lost on the way and
/// sending starts from there again.
/// </summary>
public sealed class FollowerCursor(int window)
{
    private long _sent = long.MinValue;
    private long _reportedBefore = long.MinValue;
    private int _inFlight;

    /// <summary>What the follower last said it has.</summary>
    public long Reported { get; private set; } = long.MinValue;

    /// <summary>Takes a report; <paramref name="isPeriodic"/> tells one at an interval from one that answers a push.</summary>
    public void Report(long offset, bool isPeriodic)
    {
        Reported = offset;
        if (offset > _sent || _sent == long.MinValue) _sent = offset;
        if (!isPeriodic)
        {
            _inFlight = Math.Max(0, _inFlight - 1);
            return;
        }
        if (offset == _reportedBefore && _sent > offset)
        {
            _sent = offset;
            _inFlight = 0;
        }
        _reportedBefore = offset;
    }

    /// <summary>The next push for the follower, or null when it has all there is or the window is full.</summary>
    public MetadataPush? Next(MetadataFeed feed)
    {
        if (_sent == long.MinValue || _inFlight >= window) return null;
        var push = feed.Next(_sent);
        if (push is null) return null;
        _sent = push.LastOffset;
        _inFlight++;
        return push;
    }
}
