using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using ActorBroker.Protocol.Records;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Text;

/// <summary>
/// A record as one line of JSON, which <c>consume --format json</c> writes and <c>produce --format json</c> reads. Bytes that are not
/// UTF-8 stand in keyBase64, valueBase64. A value given as a JSON object or number is produced as its text.
/// </summary>
internal sealed class RecordJson : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer;

    public RecordJson() => _writer = new Utf8JsonWriter(_line, JsonText.OneLine);

    public void Dispose() => _writer.Dispose();

    public void Write(IBufferWriter<byte> output, scoped in RecordSlice record)
    {
        _line.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteString("topic", record.At.Topic);
        _writer.WriteNumber("partition", record.At.Partition);
        _writer.WriteNumber("offset", record.Offset);
        if (record.TimestampMs >= 0) _writer.WriteNumber("timestamp", record.TimestampMs);
        WriteBytes("key", "keyBase64", record.Key);
        WriteBytes("value", "valueBase64", record.Value);
        if (record.HeaderCount > 0)
        {
            _writer.WriteStartArray("headers");
            foreach (var header in record.Headers)
            {
                _writer.WriteStartObject();
                _writer.WriteString("key", header.Key);
                WriteBytes("value", "valueBase64", header.ValueIsNull ? default : new NullableBytes(header.Value));
                _writer.WriteEndObject();
            }

            _writer.WriteEndArray();
        }

        _writer.WriteEndObject();
        _writer.Flush();
        output.Write(_line.WrittenSpan);
        output.Write("\n"u8);
    }

    /// <summary>Throws <see cref="FormatException"/> for a line that is no record.</summary>
    public static InputRecord Read(ReadOnlySpan<byte> line)
    {
        JsonObject tree;
        try
        {
            tree = JsonNode.Parse(line) as JsonObject ?? throw new FormatException("a JSON object is expected");
        }
        catch (JsonException error)
        {
            throw new FormatException($"no JSON: {error.Message}", error);
        }

        var headers = new List<RecordHeaderValue>();
        switch (tree["headers"])
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    var header = item as JsonObject ?? throw new FormatException("a header is an object with key and value");
                    headers.Add(new RecordHeaderValue(Text(header["key"]) ?? throw new FormatException("a header needs a key"), Bytes(header, "value")));
                }

                break;
            case JsonObject map:
                foreach (var (key, _) in map) headers.Add(new RecordHeaderValue(key, Bytes(map, key)));
                break;
        }

        return new InputRecord(Bytes(tree, "key"), Bytes(tree, "value"), [.. headers])
        {
            Partition = Number(tree, "partition") is { } partition ? checked((int)partition) : null,
            TimestampMs = Number(tree, "timestamp"),
        };
    }

    private static long? Number(JsonObject tree, string name)
    {
        if (tree[name] is not { } node) return null;
        return long.TryParse(node.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{name} is no whole number");
    }

    private static string? Text(JsonNode? node) => node is null ? null
        : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : JsonText.Show(node, false);

    private static byte[]? Bytes(JsonObject tree, string name)
    {
        if (Text(tree[name]) is { } text) return System.Text.Encoding.UTF8.GetBytes(text);
        if (tree[name + "Base64"] is not { } coded) return null;
        try
        {
            return Convert.FromBase64String(coded.ToString());
        }
        catch (FormatException error)
        {
            throw new FormatException($"{name}Base64 is no base64", error);
        }
    }

    private void WriteBytes(string name, string base64Name, NullableBytes bytes)
    {
        if (bytes.IsNull) _writer.WriteNull(name);
        else if (Utf8.IsValid(bytes.Value)) _writer.WriteString(name, bytes.Value);
        else _writer.WriteBase64String(base64Name, bytes.Value);
    }
}
