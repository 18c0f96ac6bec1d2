using System.Diagnostics;

namespace ActorBroker.Server.Tests.Cli;

/// <summary>
/// A real Kafka, where it and Java are there and <c>CLI_AGAINST_KAFKA=1</c> asks for it: Kafka answers config changes before they are
/// visible, so what these tests see at once depends on the machine's load.
/// </summary>
public sealed class KafkaProcess : ScenarioBroker
{
    private protected override string? Problem()
    {
        if (Environment.GetEnvironmentVariable("CLI_AGAINST_KAFKA") != "1") return "CLI_AGAINST_KAFKA=1 is not set";
        return Script() is null || !OperatingSystem.IsLinux() || !OnPath("java")
            ? "no Kafka 4.3.1 with Java beside the repository (ACTORBROKER_SHARED names another place)"
            : null;
    }

    private protected override ProcessStartInfo Command(string directory, int port) =>
        new(Script()!, ["single", directory, port.ToString()]) { Environment = { ["KAFKA_HEAP"] = "-Xms256m -Xmx256m" } };

    private static string? Script()
    {
        var shared = Environment.GetEnvironmentVariable("ACTORBROKER_SHARED");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); shared is null && folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ActorBroker.sln"))) shared = Path.Combine(folder.Parent!.FullName, "shared");
        var script = shared is null ? null : Path.Combine(shared, "peers", "kafka", "kafka");
        return File.Exists(script) ? script : null;
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
