using System.Diagnostics;

namespace ActorBroker.Server.Tests.Cli;

/// <summary>A node of this build, as its own process.</summary>
public sealed class OwnProcess : ScenarioBroker
{
    private static readonly string s_dll = Path.Combine(AppContext.BaseDirectory, "actorbroker.dll");

    private protected override string? Problem() => null;

    private protected override ProcessStartInfo Command(string directory, int port) => new(
        "dotnet", [s_dll, "start", "--data", directory, "--listen", $"127.0.0.1:{port}", "--set", "group.initial.rebalance.delay.ms=0"]);
}
