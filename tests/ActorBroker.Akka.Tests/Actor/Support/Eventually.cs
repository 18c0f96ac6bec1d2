using System.Diagnostics;

namespace ActorBroker.Akka.Tests.Actor.Support;

/// <summary>Polls for what no event announces.</summary>
internal static class Eventually
{
    public static async Task True(Func<bool> condition, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TimeoutException("The condition did not become true");
            await Task.Delay(5);
        }
    }
}
