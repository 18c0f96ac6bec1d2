using System.Text.Json;
using ActorBroker.Protocol.Codec;

namespace ActorBroker.Protocol.Tests.Golden;

/// <summary>A message as Kafka's own classes wrote it, with what they wrote.</summary>
public sealed record GoldenLine(int Number, string Name, short Version, byte[] Bytes, JsonElement Json)
{
    private static readonly Dictionary<string, MessageEntry> Entries = MessageCatalog.All.ToDictionary(entry => entry.Name);

    public MessageEntry Entry => Entries[Name];

    public override string ToString() => $"line {Number}: {Name} v{Version}";

    /// <summary>The lines beside the tests, or those of the file that the environment variable GOLDEN names.</summary>
    public static IReadOnlyList<GoldenLine> Load()
    {
        var file = Environment.GetEnvironmentVariable("GOLDEN") is { Length: > 0 } other
            ? other
            : Path.Combine(AppContext.BaseDirectory, "Golden", "kafka-4.3.1.jsonl");
        return File.ReadLines(file).Where(line => line.Length > 0).Select((line, index) => Parse(line, index + 1)).ToList();
    }

    private static GoldenLine Parse(string text, int number)
    {
        var json = JsonDocument.Parse(text).RootElement;
        return new GoldenLine(
            number,
            json.GetProperty("name").GetString()!,
            json.GetProperty("version").GetInt16(),
            Convert.FromHexString(json.GetProperty("hex").GetString()!),
            json.GetProperty("json"));
    }
}
