using System.Diagnostics;

namespace ActorBroker.Network.Tests.Fakes;

/// <summary>Polls a condition with a deadline.</summary>
internal static class Eventually
{
    public static async Task BecomesAsync(Func<bool> condition, string what, int limitSeconds = 20)
    {
        var started = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            Assert.True(started.Elapsed.TotalSeconds < limitSeconds, $"did not happen: {what}");
            await timer.WaitForNextTickAsync();
        }
    }
}
