using System.Diagnostics;

namespace ActorBroker.Server.Cli.Bench;

/// <summary>
/// When the records of a run are due. With a rate the schedule is fixed beforehand (an open loop): record i is due at start + i/rate,
/// whether or not the broker keeps up, and latency counts from there, so that a stall is seen in every record that it delayed.
/// </summary>
internal sealed class LoadPlan(long records, TimeSpan? duration, double rate)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly PeriodicTimer _tick = new(TimeSpan.FromMilliseconds(1));
    private long _next;

    public static long MicrosSince(long ticks) => (long)((Stopwatch.GetTimestamp() - ticks) * 1e6 / Stopwatch.Frequency);

    /// <summary>The time (in stopwatch ticks) at which the next record was due, once it is; null when the run is over.</summary>
    public async ValueTask<long?> NextAsync(CancellationToken cancel)
    {
        if (_next >= records || duration is { } limit && Due() - _start > limit.TotalSeconds * Stopwatch.Frequency)
        {
            _tick.Dispose();
            return null;
        }

        var due = Due();
        if (rate > 0)
        {
            while (Stopwatch.GetTimestamp() < due) await _tick.WaitForNextTickAsync(cancel).ConfigureAwait(false);
        }

        _next++;
        return due;
    }

    private long Due() => rate > 0 ? _start + (long)(_next / rate * Stopwatch.Frequency) : Stopwatch.GetTimestamp();
}
