using System.IO.Compression;
using System.Text.Json;
using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Tests.Messages;

/// <summary>Our notation against the schemas within Kafka's jars, where those are at hand.</summary>
public class SchemaAgainstKafkaTests
{
    private static readonly string[] Jars =
        ["kafka-clients", "kafka-group-coordinator", "kafka-transaction-coordinator", "kafka-share-coordinator"];

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    [SkippableFact]
    public void EveryFieldIsNamedTypedAndVersionedAsInKafka()
    {
        var libraries = Libraries();
        Skip.If(libraries is null, "no Kafka 4.3.1 beside the repository (ACTORBROKER_SHARED names another place)");
        var ours = OurMessages();
        var differences = new List<string>();
        var compared = 0;
        foreach (var schema in Jars.SelectMany(jar => Schemas(Path.Combine(libraries!, $"{jar}-4.3.1.jar"))))
        {
            var name = schema.GetProperty("name").GetString()!;
            if (schema.GetProperty("validVersions").GetString() == "none" || schema.GetProperty("type").GetString() == "header") continue;
            compared++;
            if (!ours.Remove(name, out var message)) differences.Add($"{name} is missing");
            else new KafkaSchemaComparison(schema, message, differences).Compare();
        }
        differences.AddRange(ours.Keys.Select(name => $"{name} is not Kafka's"));
        Assert.True(compared > 200, $"only {compared} schemas found");
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(40)));
    }

    [Fact]
    public void TheCatalogHoldsEverySchema()
    {
        var schemas = OurMessages().Keys.Order().ToList();
        Assert.Equal(schemas, Codec.MessageCatalog.All.Select(entry => entry.Name).Order());
    }

    private static Dictionary<string, MessageSchema> OurMessages() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Schemas"), "*.schema", SearchOption.AllDirectories)
            .SelectMany(file => SchemaParser.Parse(File.ReadAllText(file)).Messages)
            .ToDictionary(message => message.Name);

    private static List<JsonElement> Schemas(string jar)
    {
        using var zip = ZipFile.OpenRead(jar);
        var schemas = new List<JsonElement>();
        foreach (var entry in zip.Entries)
        {
            if (!entry.FullName.StartsWith("common/message/", StringComparison.Ordinal)) continue;
            if (!entry.Name.EndsWith(".json", StringComparison.Ordinal)) continue;
            using var stream = entry.Open();
            schemas.Add(JsonDocument.Parse(stream, Lenient).RootElement);
        }
        return schemas;
    }

    private static string? Libraries()
    {
        var shared = Environment.GetEnvironmentVariable("ACTORBROKER_SHARED");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); shared is null && folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ActorBroker.sln"))) shared = Path.Combine(folder.Parent!.FullName, "shared");
        var libraries = shared is null ? null : Path.Combine(shared, "peers", "kafka", "libs");
        return libraries is not null && Directory.Exists(libraries) ? libraries : null;
    }
}
