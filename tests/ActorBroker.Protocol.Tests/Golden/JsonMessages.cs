using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace ActorBroker.Protocol.Tests.Golden;

/// <summary>Compares messages with the JSON of the golden lines (camel case, base64, Kafka's uuid text), or fills them from it.</summary>
public static class JsonMessages
{
    /// <summary>The first difference, null when every field of the JSON is in the message.</summary>
    public static string? Difference(object? actual, JsonElement expected, string path)
    {
        if (expected.ValueKind == JsonValueKind.Null) return actual is null ? null : $"{path}: {actual} instead of null";
        if (actual is null) return $"{path}: null instead of {expected}";
        if (expected.ValueKind == JsonValueKind.Object) return ObjectDifference(actual, expected, path);
        if (expected.ValueKind == JsonValueKind.Array) return ArrayDifference((IList)actual, expected, path);
        var value = Value(expected, actual.GetType());
        var equal = actual is ReadOnlyMemory<byte> bytes
            ? bytes.Span.SequenceEqual(((ReadOnlyMemory<byte>)value!).Span)
            : actual.Equals(value);
        return equal ? null : $"{path}: {actual} instead of {expected}";
    }

    public static object Fill(object target, JsonElement json)
    {
        foreach (var field in json.EnumerateObject())
        {
            var property = Property(target, field.Name);
            property.SetValue(target, Value(field.Value, property.PropertyType));
        }
        return target;
    }

    private static string? ObjectDifference(object actual, JsonElement expected, string path)
    {
        foreach (var field in expected.EnumerateObject())
        {
            var difference = Difference(Property(actual, field.Name).GetValue(actual), field.Value, $"{path}.{field.Name}");
            if (difference is not null) return difference;
        }
        return null;
    }

    private static string? ArrayDifference(IList actual, JsonElement expected, string path)
    {
        if (actual.Count != expected.GetArrayLength()) return $"{path}: {actual.Count} elements instead of {expected.GetArrayLength()}";
        for (var i = 0; i < actual.Count; i++)
        {
            var difference = Difference(actual[i], expected[i], $"{path}[{i}]");
            if (difference is not null) return difference;
        }
        return null;
    }

    private static PropertyInfo Property(object target, string name) =>
        target.GetType().GetProperty(char.ToUpperInvariant(name[0]) + name[1..])
        ?? throw new InvalidOperationException($"{target.GetType().Name} has no {name}");

    private static object? Value(JsonElement json, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (json.ValueKind == JsonValueKind.Null) return null;
        if (type == typeof(string)) return json.GetString();
        if (type == typeof(bool)) return json.GetBoolean();
        if (type == typeof(sbyte)) return json.GetSByte();
        if (type == typeof(short)) return json.GetInt16();
        if (type == typeof(ErrorCode)) return (ErrorCode)json.GetInt16();
        if (type == typeof(ushort)) return json.GetUInt16();
        if (type == typeof(int)) return json.GetInt32();
        if (type == typeof(uint)) return json.GetUInt32();
        if (type == typeof(long)) return json.GetInt64();
        if (type == typeof(double)) return json.GetDouble();
        if (type == typeof(Uuid)) return Uuid.TryParse(json.GetString(), out var id) ? id : throw new FormatException(json.GetString());
        if (type == typeof(ReadOnlyMemory<byte>)) return new ReadOnlyMemory<byte>(json.GetBytesFromBase64());
        if (!type.IsGenericType) return Fill(Activator.CreateInstance(type)!, json);
        var list = (IList)Activator.CreateInstance(type)!;
        foreach (var element in json.EnumerateArray()) list.Add(Value(element, type.GetGenericArguments()[0]));
        return list;
    }
}
