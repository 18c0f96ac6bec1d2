namespace Akka.Remote.Transport;

/// <summary>
/// The pause after a failed attempt to connect: a hundredth of the configured one at first, doubled with each failure in a
/// row. Written by the pump, read by all senders.
/// </summary>
internal sealed class Gate(TimeSpan longest)
{
    private const int Shortest = 10;
    private const int MaxDoublings = 20;

    private long _until;
    private int _failures;

    public bool IsClosed => Volatile.Read(ref _until) is var until && until != 0 && Environment.TickCount64 < until;

    public bool HasFailed => _failures > 0;

    /// <returns>How long it stays closed.</returns>
    public TimeSpan Close()
    {
        var first = Math.Max(Shortest, longest.TotalMilliseconds / 100);
        var millis = Math.Min(longest.TotalMilliseconds, first * (1L << Math.Min(_failures++, MaxDoublings)));
        return CloseFor(TimeSpan.FromMilliseconds(millis));
    }

    /// <summary>For the longest time at once.</summary>
    public TimeSpan CloseFully()
    {
        _failures++;
        return CloseFor(longest);
    }

    /// <summary>The other node is there: the next attempt may follow at once.</summary>
    public void Open()
    {
        Volatile.Write(ref _until, 0);
        _failures = 0;
    }

    private TimeSpan CloseFor(TimeSpan duration)
    {
        Volatile.Write(ref _until, Environment.TickCount64 + (long)duration.TotalMilliseconds);
        return duration;
    }
}
