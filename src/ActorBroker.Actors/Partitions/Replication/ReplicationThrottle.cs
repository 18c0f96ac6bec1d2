namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// Bytes a second for replicas that operators throttle while they move them (KIP-73): one bucket for the node, which may be overdrawn by
/// one read and then stays shut until the debt is paid. Any thread.
/// </summary>
internal sealed class ReplicationThrottle
{
    private readonly Lock _gate = new();
    private double _tokens;
    private long _filledMs;

    /// <summary>Bytes a second; <see cref="long.MaxValue"/> for no limit.</summary>
    public long RateBytes { get; set; } = long.MaxValue;

    public bool IsOn => RateBytes != long.MaxValue;

    /// <summary>True when something may be moved now.</summary>
    public bool IsOpen(long nowMs)
    {
        if (!IsOn) return true;
        lock (_gate)
        {
            Fill(nowMs);
            return _tokens > 0;
        }
    }

    public void Take(int bytes, long nowMs)
    {
        if (!IsOn) return;
        lock (_gate)
        {
            Fill(nowMs);
            _tokens -= bytes;
        }
    }

    private void Fill(long nowMs)
    {
        _tokens = Math.Min(RateBytes, _tokens + RateBytes * (Math.Max(0, nowMs - _filledMs) / 1000.0));
        _filledMs = nowMs;
    }
}
