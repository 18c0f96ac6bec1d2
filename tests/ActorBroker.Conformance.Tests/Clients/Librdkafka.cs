using ActorBroker.Conformance.Tests.Brokers;
using Confluent.Kafka;

namespace ActorBroker.Conformance.Tests.Clients;

/// <summary>
/// Puts a <c>librdkafka.so</c> beside the assemblies, where Confluent.Kafka looks for it: 2.15.1 from the shared folder, else the system's own, which
/// is old enough to lack some admin calls. It has to happen before the first use of a Confluent.Kafka type.
/// </summary>
internal static class Librdkafka
{
    private const int Version_2_3 = 0x02030000;

    private static readonly string[] Candidates =
    [
        Path.Combine(Checkout.Shared, "peers/librdkafka-2.15.1/lib/librdkafka.so.1"),
        "/usr/lib/x86_64-linux-gnu/librdkafka.so.1",
        "/usr/lib/aarch64-linux-gnu/librdkafka.so.1",
    ];

    private static readonly Lazy<string?> Linked = new(Link);

    public static void Require() => Skip.If(Linked.Value is null, "librdkafka is neither in ../shared nor on the system");

    public static void RequireNew()
    {
        Require();
        Skip.If(Library.Version < Version_2_3, $"librdkafka {Library.VersionString} lacks this call");
    }

    private static string? Link()
    {
        var found = Candidates.FirstOrDefault(File.Exists);
        if (found is null) return null;
        var beside = Path.Combine(AppContext.BaseDirectory, "librdkafka.so");
        if (File.Exists(beside) || new FileInfo(beside).LinkTarget is not null) File.Delete(beside);
        File.CreateSymbolicLink(beside, found);
        return found;
    }
}
