namespace ActorBroker.Core.Partitions.Replication;

/// <summary>
/// How fast segments that are no longer in memory are read for replicas that catch up. Catching up takes processor, disk and network from
/// everybody on the node and, in the end, from producers that wait for the replicas which are in sync. So it goes at a pace while clients
/// are served: a fixed one, or twice what producers bring in, whichever is more, for a replica that falls behind faster than it catches up
/// never comes in sync. A node that serves nobody does not hold back.
///
/// Caller: one thread. Time is the monotonic clock's, given with every input.
/// </summary>
/// <param name="busyBytesPerSecond">The pace while clients are served; 0 never holds back.</param>
public sealed class CatchUpPace(long busyBytesPerSecond)
{
    /// <summary>What clients did is looked at over so many milliseconds.</summary>
    public const int WindowMs = 500;

    private const int WaitMaxMs = 1000;

    private long? _bytesPerSecond;
    private long _windowStartMs = long.MinValue;
    private long _producedBefore;
    private long _servedBefore;
    private double _freeAtMs;

    /// <summary>Milliseconds to wait before <paramref name="bytes"/> are read, 1,000 at most.</summary>
    /// <param name="producedBytes">Bytes that producers have brought to this node, a counter that only grows.</param>
    /// <param name="servedBytes">Bytes that consumers have taken from it and that its replicas in sync wrote for producers elsewhere, likewise.</param>
    public int Take(int bytes, long nowMs, long producedBytes, long servedBytes)
    {
        if (busyBytesPerSecond == 0) return 0;
        LookAround(nowMs, producedBytes, servedBytes);
        var bytesPerSecond = _bytesPerSecond ?? busyBytesPerSecond;
        if (bytesPerSecond == 0) return 0;
        var startMs = Math.Max(_freeAtMs, nowMs);
        _freeAtMs = Math.Min(startMs + (bytes * 1000.0 / bytesPerSecond), nowMs + WaitMaxMs);
        return (int)Math.Min(startMs - nowMs, WaitMaxMs);
    }

    private void LookAround(long nowMs, long producedBytes, long servedBytes)
    {
        var isFirst = _windowStartMs == long.MinValue;
        var elapsedMs = isFirst ? 0 : nowMs - _windowStartMs;
        if (!isFirst && elapsedMs < WindowMs) return;
        if (!isFirst)
        {
            var isBusy = producedBytes != _producedBefore || servedBytes != _servedBefore;
            _bytesPerSecond = isBusy ? Math.Max(busyBytesPerSecond, (producedBytes - _producedBefore) * 2000 / elapsedMs) : 0;
        }

        (_windowStartMs, _producedBefore, _servedBefore) = (nowMs, producedBytes, servedBytes);
    }
}
