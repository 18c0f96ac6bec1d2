using ActorBroker.Conformance.Tests.Brokers;

namespace ActorBroker.Conformance.Tests.Clients;

/// <summary>The outside programs: where each is, and the reason to skip its tests when it is not there.</summary>
internal static class Outside
{
    public static string Kcat => Require(Find("kcat"), "kcat is not installed");

    public static string Node
    {
        get
        {
            Skip.IfNot(Directory.Exists(Checkout.ClientSource("node/node_modules/kafkajs")), "kafkajs is not installed");
            return Require(Find("node"), "node is not installed");
        }
    }

    public static string Python => Require(Existing(Checkout.Clients, "venv/bin/python"), "the Python clients are not installed");
    public static string Promtool => Require(Existing(Checkout.Clients, "bin/promtool") ?? Find("promtool"), "promtool is not there");
    public static string Kload => Require(Existing(Checkout.Shared, "bench/bin/kload"), "../shared/bench/bin/kload is not there");
    public static string Java => Require(Find("java"), "Java is not installed");
    public static string Javac => Require(Find("javac"), "the Java compiler is not installed");

    public static string KafkaScript
    {
        get
        {
            _ = Java;
            return Require(Existing(Checkout.Shared, "peers/kafka/kafka"), "../shared/peers/kafka is not there");
        }
    }

    public static string KafkaLibs => Require(ExistingFolder(Checkout.Shared, "peers/kafka/libs"), "../shared/peers/kafka is not there");

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string? Existing(string folder, string relative) =>
        Path.Combine(folder, relative) is var path && File.Exists(path) ? path : null;

    private static string? ExistingFolder(string folder, string relative) =>
        Path.Combine(folder, relative) is var path && Directory.Exists(path) ? path : null;

    private static string Require(string? path, string reason)
    {
        Skip.If(path is null, reason);
        return path!;
    }
}
