namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>
/// What the tests run against. <c>CONFORMANCE_BROKER=kafka</c> takes Apache Kafka from the shared folder, which shows that the expectations are
/// Kafka's behaviour and not our own; the default is this checkout's executable.
/// </summary>
internal static class BrokerKind
{
    public static readonly bool IsKafka =
        string.Equals(Environment.GetEnvironmentVariable("CONFORMANCE_BROKER"), "kafka", StringComparison.OrdinalIgnoreCase);

    public static readonly string KafkaScript = Path.Combine(Checkout.Shared, "peers", "kafka", "kafka");

    /// <summary>The published or built <c>actorbroker.dll</c>: <c>ACTORBROKER_DLL</c>, else the build output of the configuration the tests were built in.</summary>
    public static string OursDll => Environment.GetEnvironmentVariable("ACTORBROKER_DLL") is { Length: > 0 } named ? named : BuiltDll();

    /// <summary>The reason for which no broker can be started, or null.</summary>
    public static string? Missing()
    {
        if (IsKafka) return Clients.Outside.Find("java") is not null && File.Exists(KafkaScript) ? null : "Apache Kafka was asked for, but Java 17 or ../shared/peers/kafka is missing";
        return File.Exists(OursDll) ? null : throw new FileNotFoundException("The broker has not been built.", OursDll);
    }

    public static (string File, string[] Arguments) Command(string directory, int port, IEnumerable<string> settings, bool kafka)
    {
        if (kafka) return (KafkaScript, ["single", directory, port.ToString(), .. settings]);
        // As the script that starts Kafka has it: tests of groups would otherwise wait three seconds for each first join.
        settings = settings.Prepend("group.initial.rebalance.delay.ms=0");
        string[] start = [OursDll, "start", "--data", directory, "--listen", $"127.0.0.1:{port}"];
        return ("dotnet", [.. start, .. settings.SelectMany(setting => new[] { "--set", setting })]);
    }

    private static string BuiltDll()
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}") ? "Debug" : "Release";
        return Path.Combine(Checkout.Root, "src", "ActorBroker.Server", "bin", configuration, "net10.0", "actorbroker.dll");
    }
}
