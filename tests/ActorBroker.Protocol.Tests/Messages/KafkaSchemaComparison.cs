using System.Text.Json;
using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Tests.Messages;

/// <summary>Compares one of Kafka's schemas with ours, field by field; ranges count as far as the message has versions.</summary>
internal sealed class KafkaSchemaComparison(JsonElement kafka, MessageSchema ours, List<string> differences)
{
    private readonly Dictionary<string, JsonElement> _common = Common(kafka);

    public void Compare()
    {
        var versions = Range(Text(kafka, "validVersions"), new VersionRange(0, int.MaxValue))!.Value;
        Expect(ours.Name, "versions", Show(versions), Show(ours.Versions));
        var flexible = Range(Text(kafka, "flexibleVersions"), versions);
        Expect(ours.Name, "flexible", flexible?.Low ?? -1, ours.FlexibleFrom);
        if (kafka.TryGetProperty("apiKey", out var key)) Expect(ours.Name, "number", key.GetInt32(), ours.Number);
        Fields(ours.Name, Fields(kafka), ours.Root, versions);
    }

    private void Fields(string path, IEnumerable<JsonElement> theirs, StructSchema structure, VersionRange within)
    {
        var expected = theirs.Where(field => Versions(field, within) is not null).ToList();
        Expect(path, "fields", string.Join(' ', expected.Select(Name)), string.Join(' ', structure.Fields.Select(field => field.Name)));
        if (expected.Count != structure.Fields.Count) return;
        for (var i = 0; i < expected.Count; i++) Field($"{path}.{structure.Fields[i].Name}", expected[i], structure.Fields[i], within);
    }

    private void Field(string path, JsonElement theirs, FieldSchema field, VersionRange within)
    {
        var versions = Versions(theirs, within)!.Value;
        var type = Text(theirs, "type")!;
        var isArray = type.StartsWith("[]", StringComparison.Ordinal);
        var element = isArray ? type[2..] : type;
        Expect(path, "array", isArray, field.IsArray);
        Expect(path, "versions", Show(versions), Show(Clip(field.Versions, within)));
        var nullable = Range(Text(theirs, "nullableVersions"), versions);
        Expect(path, "nullable", Show(nullable), Show(field.Nullable is { } range ? Clip(range, versions) : null));
        var tagged = Range(Text(theirs, "taggedVersions"), versions);
        Expect(path, "tag", tagged is null ? -1 : theirs.GetProperty("tag").GetInt32(), field.Tag);
        if (tagged is not null) Expect(path, "tagged versions", Show(versions), Show(tagged));
        Expect(path, "ignorable", Flag(theirs, "ignorable"), field.Ignorable);
        Expect(path, "key", Flag(theirs, "mapKey"), field.Key);
        Expect(path, "default", Default(theirs, element, isArray, versions), field.Default ?? Zero(field, isArray));
        if (field.Struct is null) Expect(path, "type", element, field.Type == "error" ? "int16" : field.Type);
        else Fields(path, Fields(Fields(theirs).Any() ? theirs : _common[element]), field.Struct, versions);
    }

    private static string Default(JsonElement theirs, string type, bool isArray, VersionRange versions)
    {
        if (!theirs.TryGetProperty("default", out var value) || value.ValueKind == JsonValueKind.Null || value.ToString().Length == 0)
            return type == "records" && Range(Text(theirs, "nullableVersions"), versions) is not null
                ? "null"
                : Zero(type, isArray);
        var text = value.ToString().ToLowerInvariant();
        return text.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToInt64(text, 16).ToString() : text;
    }

    private static string Zero(FieldSchema field, bool isArray) =>
        field.DefaultsToNull ? "null" : Zero(field.Type == "error" ? "int16" : field.Type, isArray);

    private static string Zero(string type, bool isArray) => isArray ? "" : type switch
    {
        "bool" => "false",
        "int8" or "int16" or "uint16" or "int32" or "uint32" or "int64" or "float64" => "0",
        _ => "",
    };

    private void Expect<T>(string path, string what, T expected, T actual)
    {
        if (!Equals(expected, actual)) differences.Add($"{path}: {what} {actual} instead of {expected}");
    }

    private static VersionRange? Versions(JsonElement field, VersionRange within) =>
        Range(Text(field, "versions") ?? Text(field, "taggedVersions"), within);

    private static VersionRange? Range(string? text, VersionRange within) =>
        text is null or "none" ? null : Clip(VersionRange.Parse(text, int.MaxValue), within);

    private static VersionRange? Clip(VersionRange range, VersionRange within)
    {
        var clipped = new VersionRange(Math.Max(range.Low, within.Low), Math.Min(range.High, within.High));
        return clipped.Low <= clipped.High ? clipped : null;
    }

    private static string Show(VersionRange? range) => range is { } some ? $"{some.Low}-{some.High}" : "none";

    private static string Name(JsonElement field)
    {
        var name = Text(field, "name")!;
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.ToString() : null;

    private static bool Flag(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ToString().ToLowerInvariant() == "true";

    private static IEnumerable<JsonElement> Fields(JsonElement json) =>
        json.TryGetProperty("fields", out var fields) ? fields.EnumerateArray() : [];

    private static Dictionary<string, JsonElement> Common(JsonElement json) =>
        json.TryGetProperty("commonStructs", out var structs)
            ? structs.EnumerateArray().ToDictionary(common => Text(common, "name")!)
            : [];
}
