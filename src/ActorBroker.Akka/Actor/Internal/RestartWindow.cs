using System.Diagnostics;

namespace Akka.Actor;

/// <summary>Counts a child's restarts against the limits of its parent's strategy; -1 is no limit.</summary>
internal struct RestartWindow
{
    private int _count;
    private long _windowStart;

    public static int Milliseconds(TimeSpan? range) =>
        range is { } time && time != Timeout.InfiniteTimeSpan ? (int)time.TotalMilliseconds : -1;

    public bool Permit(int maxRetries, int withinMilliseconds)
    {
        if (maxRetries == 0)
            return false;
        if (withinMilliseconds <= 0)
            return maxRetries < 0 || ++_count <= maxRetries;

        // A window without a maximum allows one restart in it.
        var limit = maxRetries > 0 ? maxRetries : 1;
        var now = Stopwatch.GetTimestamp();
        if (_windowStart != 0 && Stopwatch.GetElapsedTime(_windowStart, now).TotalMilliseconds <= withinMilliseconds)
            return ++_count <= limit;
        _windowStart = now;
        _count = 1;
        return true;
    }
}
