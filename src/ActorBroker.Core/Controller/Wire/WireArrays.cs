using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller.Wire;

/// <summary>Reads one element.</summary>
internal delegate T ElementReader<out T>(ref WireReader reader);

/// <summary>Immutable arrays and errors, as commands and replies have them: an absent array has the length of null.</summary>
internal static class WireArrays
{
    public static void WriteArray<T>(this WireWriter writer, ImmutableArray<T> array, Action<WireWriter, T> write)
    {
        writer.WriteCompactArrayLength(array.IsDefault ? -1 : array.Length);
        if (array.IsDefault) return;
        foreach (var element in array) write(writer, element);
    }

    /// <summary>An array whose elements have at least <paramref name="minSize"/> bytes: no length on the wire allocates more.</summary>
    public static ImmutableArray<T> ReadArray<T>(this ref WireReader reader, int minSize, ElementReader<T> read)
    {
        var count = reader.ReadCompactArrayLength(minSize);
        if (count < 0) return default;
        var array = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++) array.Add(read(ref reader));
        return array.MoveToImmutable();
    }

    public static void WriteNodes(this WireWriter writer, ImmutableArray<int> nodes) =>
        writer.WriteArray(nodes, static (writer, node) => writer.WriteInt32(node));

    public static ImmutableArray<int> ReadNodes(this ref WireReader reader) =>
        reader.ReadArray(4, static (ref WireReader reader) => reader.ReadInt32());

    public static void WriteError(this WireWriter writer, KafkaError error)
    {
        writer.WriteError(error.Code);
        writer.WriteCompactNullableString(error.Message);
    }

    public static KafkaError ReadKafkaError(this ref WireReader reader) => new(reader.ReadError(), reader.ReadCompactNullableString());

    public static void WritePair(this WireWriter writer, KeyValuePair<string, string?> pair)
    {
        writer.WriteCompactString(pair.Key);
        writer.WriteCompactNullableString(pair.Value);
    }

    public static KeyValuePair<string, string?> ReadPair(this ref WireReader reader) =>
        new(reader.ReadCompactString(), reader.ReadCompactNullableString());
}
