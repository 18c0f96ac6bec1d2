using System.Diagnostics;

namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>Polling with an end: the only way in which these tests wait for what they cannot await.</summary>
internal static class Deadline
{
    public static async Task Until(Func<bool> holds, TimeSpan limit, string what, Func<string>? more = null)
    {
        await Until(() => Task.FromResult(holds()), limit, what, more);
    }

    public static async Task Until(Func<Task<bool>> holds, TimeSpan limit, string what, Func<string>? more = null)
    {
        var started = Stopwatch.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(10);
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > limit) throw new TimeoutException($"Not within {limit.TotalSeconds:0} s: {what}\n{more?.Invoke()}");
            await Task.Delay(pause);
            if (pause < TimeSpan.FromMilliseconds(200)) pause *= 1.5;
        }
    }
}
