namespace ActorBroker.Network.Listeners;

/// <summary>
/// Paces the acceptance of connections (<c>max.connection.creation.rate</c>): a bucket that holds one second's worth, so that a burst after
/// silence is let in and the mean stays at the rate. Not for several threads.
/// </summary>
internal sealed class AcceptRate
{
    private double _tokens = double.NaN;
    private long _filledMs;

    /// <summary>Counts a connection and says how many milliseconds it has to wait before it is accepted; 0 lets it in at once.</summary>
    public int Take(int perSecond, long nowMs)
    {
        if (perSecond == int.MaxValue)
        {
            _tokens = double.NaN;
            return 0;
        }

        // A rate of zero stands for "as good as none": one connection in ten seconds, so that an operator can still come in to change it.
        var rate = Math.Max(perSecond, 0.1);
        var capacity = Math.Max(rate, 1);
        _tokens = double.IsNaN(_tokens) ? capacity : Math.Min(capacity, _tokens + (nowMs - _filledMs) * rate / 1000);
        _filledMs = nowMs;
        _tokens -= 1;
        return _tokens >= 0 ? 0 : (int)Math.Min(-_tokens * 1000 / rate, 60_000);
    }
}
