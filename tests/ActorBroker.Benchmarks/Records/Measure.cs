using System.Diagnostics;

namespace ActorBroker.Benchmarks.Records;

/// <summary>Times an action: repeated until it takes long enough, best of five, garbage per call with it.</summary>
internal static class Measure
{
    private const int Rounds = 5;
    private static readonly TimeSpan RoundLength = TimeSpan.FromMilliseconds(120);

    /// <summary>Seconds per call of the best round, and bytes allocated per call.</summary>
    public static (double Seconds, double Allocated) Best(Action action)
    {
        var calls = Calibrate(action);
        double best = double.MaxValue, allocated = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < calls; i++) action();
            best = Math.Min(best, watch.Elapsed.TotalSeconds / calls);
            allocated = Math.Min(allocated, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls);
        }
        return (best, allocated);
    }

    private static int Calibrate(Action action)
    {
        for (var calls = 1; ; calls *= 2)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < calls; i++) action();
            if (watch.Elapsed > RoundLength) return calls;
        }
    }
}
