using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>
/// Both lanes between three processes are kept full; the voters' heartbeats get through, nobody becomes unreachable or is taken out.
/// <c>SATURATION_SECONDS</c> of it, 10 when it is not set; 60 is the full run.
/// </summary>
public sealed class SaturationTests
{
    private const int DefaultSeconds = 10;

    /// <summary>Longer than a machine that is shared may leave a ready thread waiting, shorter than what waits on a full lane takes.</summary>
    private const string SuspectMs = "3000";

    [Fact]
    public async Task Nobody_is_taken_out_while_both_lanes_are_full()
    {
        var seconds = Environment.GetEnvironmentVariable("SATURATION_SECONDS") is { Length: > 0 } text ? int.Parse(text) : DefaultSeconds;
        var environment = new Dictionary<string, string>
        {
            ["SATURATION_SECONDS"] = $"{seconds}",
            ["SATURATION_SUSPECT_MS"] = Environment.GetEnvironmentVariable("SATURATION_SUSPECT_MS") ?? SuspectMs,
        };
        await using var run = Client.Start(environment, "dotnet", BenchmarksDll(), "saturate");
        var code = await run.Ends(TimeSpan.FromSeconds(seconds + 150));
        Assert.True(code == 0, run.Report($"The flood ended with {code}."));
        Assert.Contains($"both lanes full for {seconds} s", run.Output);
    }

    private static string BenchmarksDll()
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}") ? "Debug" : "Release";
        return Path.Combine(Checkout.Root, "tests", "ActorBroker.Benchmarks", "bin", configuration, "net10.0", "ActorBroker.Benchmarks.dll");
    }
}
