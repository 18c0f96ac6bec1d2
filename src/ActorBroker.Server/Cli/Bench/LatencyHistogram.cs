using System.Numerics;

namespace ActorBroker.Server.Cli.Bench;

/// <summary>
/// Counts durations in microseconds in buckets of at most 1/64 of their value: powers of two, each in 64 steps. Fixed memory, exact
/// maximum. One writer at a time per instance is not demanded: counts are added atomically.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 6;
    private const int Steps = 1 << StepBits;
    private readonly long[] _counts = new long[(64 - StepBits + 1) * Steps];
    private long _count;
    private long _sum;
    private long _max;

    public long Count => Volatile.Read(ref _count);

    public long MaxMicros => Volatile.Read(ref _max);

    public double MeanMicros => Count == 0 ? 0 : (double)Volatile.Read(ref _sum) / Count;

    public void Add(long micros)
    {
        micros = Math.Max(0, micros);
        Interlocked.Increment(ref _counts[Index(micros)]);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sum, micros);
        for (var max = MaxMicros; micros > max; max = MaxMicros)
            if (Interlocked.CompareExchange(ref _max, micros, max) == max) return;
    }

    /// <summary>The value that so many percent do not exceed (up to the buckets' width); 0 when empty.</summary>
    public long Percentile(double percent)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= wanted) return Math.Min(Upper(i), MaxMicros);
        }

        return MaxMicros;
    }

    private static int Index(long value)
    {
        if (value < Steps) return (int)value;
        var power = 63 - BitOperations.LeadingZeroCount((ulong)value);
        return ((power - StepBits + 1) << StepBits) + (int)(value >> (power - StepBits)) - Steps;
    }

    private static long Upper(int index)
    {
        if (index < Steps) return index;
        var shift = (index >> StepBits) - 1;
        return (((long)(index & (Steps - 1)) + Steps + 1) << shift) - 1;
    }
}
