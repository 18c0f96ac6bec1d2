using System.Diagnostics;
using Akka.Actor;

namespace ActorBroker.Benchmarks.Remote;

/// <summary>
/// Two processes over loopback: small messages, large ones, round trips, and round trips while the line is full of large
/// ones. This process drives; the other one, started by it, only receives and answers. Best of five. The same source
/// measures either engine.
/// </summary>
internal static class RemoteBenchmark
{
    private const int Rounds = 5;
    private const int SmallMessages = 2_000_000;
    private const int LargeMessages = 20_000;
    private const int LargeBytes = 100_000;
    private const int RoundTrips = 20_000;

    // Few, because the load must last longer.
    private const int RoundTripsUnderLoad = 20;

    public static async Task<int> Run(string[] arguments)
    {
        if (arguments is ["peer", ..])
            return await Peer.Run();
        using var peer = PeerProcess.Start();
        using var system = ActorSystem.Create("driver", Settings.Config);
        var address = await peer.Address();
        var sink = await system.ActorSelection($"{address}/user/sink").ResolveOne(TimeSpan.FromSeconds(10));
        var echo = await system.ActorSelection($"{address}/user/echo").ResolveOne(TimeSpan.FromSeconds(10));
        if (Wanted(arguments, "small"))
            await Best("small messages", "messages/s", 600_000, SmallMessages, () => Flood.Run(system, sink, SmallMessages, static i => (long)i));
        var large = new byte[LargeBytes];
        if (Wanted(arguments, "large"))
        {
            await Best("100 KB messages", "MB/s", 500, LargeMessages * (double)LargeBytes / 1e6,
                () => Flood.Run(system, sink, LargeMessages, _ => large));
        }
        if (Wanted(arguments, "ask"))
            await Trips("ask, one at a time", echo, null, RoundTrips);
        if (Wanted(arguments, "loaded"))
            await Trips("ask beside 100 KB messages", echo, () => Flood.Run(system, sink, LargeMessages, _ => large), RoundTripsUnderLoad);
        return 0;
    }

    private static bool Wanted(string[] only, string name) => only.Length == 0 || only.Contains(name);

    private static async Task Best(string name, string unit, double goal, double amount, Func<Task> round)
    {
        var best = 0.0;
        for (var i = 0; i < Rounds; i++)
        {
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            await round();
            var rate = amount / Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, rate);
            Console.WriteLine($"  {name}: {rate,12:N0} {unit}");
        }
        Console.WriteLine($"{name}: best {best:N0} {unit} (goal {goal:N0}: {(best >= goal ? "met" : "missed")})");
    }

    private static async Task Trips(string name, IActorRef echo, Func<Task>? load, int count)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var loading = load?.Invoke();
            var micros = new double[count];
            for (var n = 0; n < count; n++)
            {
                var start = Stopwatch.GetTimestamp();
                await echo.Ask<long>((long)n, TimeSpan.FromSeconds(10), CancellationToken.None);
                micros[n] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
            if (loading is not null)
                await loading;
            Array.Sort(micros);
            best = Math.Min(best, micros[count / 2]);
            Console.WriteLine($"  {name}: median {micros[count / 2]:N0} µs, 99 % {micros[count * 99 / 100]:N0} µs");
        }
        Console.WriteLine($"{name}: best median {best:N0} µs{(load is null ? $" (goal 150: {(best <= 150 ? "met" : "missed")})" : "")}");
    }
}
