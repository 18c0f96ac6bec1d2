using System.Diagnostics;
using Akka.Actor;

namespace ActorBroker.Benchmarks.Engine;

/// <summary>
/// Speed of local actors: two that talk to each other, asks from outside, and births and deaths. A plain harness, best of
/// five, so that the same source measures either engine.
/// </summary>
internal static class EngineBenchmark
{
    private const int Rounds = 5;

    public static async Task<int> Run(string[] only)
    {
        using var system = ActorSystem.Create("bench", "akka.loglevel = WARNING");
        if (Wanted(only, "ping-pong"))
            await Best("ping-pong, 100 outstanding", "messages/s", 20_000_000, () => PingPong.Run(system, 20_000_000, 100));
        if (Wanted(only, "ask"))
            await Best("ask, 100 outstanding", "asks/s", 800_000, () => Asks.Run(system, 1_000_000, 100));
        if (Wanted(only, "start-stop"))
            await Best("start and stop 100,000 actors", "actors/s", 100_000, () => StartStop.Run(system, 100_000));
        return 0;
    }

    private static bool Wanted(string[] only, string name) => only.Length == 0 || only.Contains(name);

    private static async Task Best(string name, string unit, double goal, Func<Task<long>> round)
    {
        var best = 0.0;
        for (var i = 0; i < Rounds; i++)
        {
            GC.Collect();
            var allocated = GC.GetTotalAllocatedBytes();
            var start = Stopwatch.GetTimestamp();
            var done = await round();
            var rate = done / Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, rate);
            Console.WriteLine($"  {name}: {rate,14:N0} {unit}, {(GC.GetTotalAllocatedBytes() - allocated) / (double)done:N1} B each");
        }
        Console.WriteLine($"{name}: best {best:N0} {unit} (goal {goal:N0}: {(best >= goal ? "met" : "missed")})");
    }
}
