namespace ActorBroker.Protocol.Codec;

/// <summary>Fields as the generated codecs read and write them: compact or classic lengths, null allowed or not.</summary>
internal static class WireFields
{
    public static WireFormatException NoVersion(in WireReader reader, string message, short version) =>
        reader.Fail(message, $"has no version {version}");

    public static UnsupportedFieldException Unsupported(string field, short version) =>
        new($"{field} cannot be written in version {version}");

    public static int MinText(bool compact) => compact ? 1 : 2;

    public static string? ReadText(ref WireReader reader, bool compact, bool nullable, string field)
    {
        if (compact) return nullable ? reader.ReadCompactNullableString(field) : reader.ReadCompactString(field);
        return nullable ? reader.ReadNullableString(field) : reader.ReadString(field);
    }

    public static void SkipText(ref WireReader reader, bool compact, bool nullable, string field)
    {
        if (reader.SkipString(compact, field) < 0 && !nullable) throw reader.Fail(field, "must not be null");
    }

    public static ReadOnlyMemory<byte> ReadBytes(ref WireReader reader, bool compact, string field) =>
        compact ? reader.ReadCompactBytes(field) : reader.ReadBytes(field);

    public static ReadOnlyMemory<byte>? ReadNullableBytes(ref WireReader reader, bool compact, bool nullable, string field)
    {
        if (!nullable) return ReadBytes(ref reader, compact, field);
        return compact ? reader.ReadCompactNullableBytes(field) : reader.ReadNullableBytes(field);
    }

    /// <summary>-1 for null where that is allowed.</summary>
    public static int ReadCount(ref WireReader reader, bool compact, bool nullable, int minElementSize, string field)
    {
        var count = compact ? reader.ReadCompactArrayLength(minElementSize, field) : reader.ReadArrayLength(minElementSize, field);
        return count >= 0 || nullable ? count : throw reader.Fail(field, "must not be null");
    }

    public static List<string> ReadStringElements(ref WireReader reader, int count, bool compact)
    {
        var list = new List<string>(count);
        for (var i = 0; i < count; i++) list.Add(compact ? reader.ReadCompactString() : reader.ReadString());
        return list;
    }

    public static List<sbyte>? ReadInt8s(ref WireReader reader, bool compact, bool nullable, string field)
    {
        var count = ReadCount(ref reader, compact, nullable, 1, field);
        if (count < 0) return null;
        var list = new List<sbyte>(count);
        for (var i = 0; i < count; i++) list.Add(reader.ReadInt8());
        return list;
    }

    public static List<short>? ReadInt16s(ref WireReader reader, bool compact, bool nullable, string field)
    {
        var count = ReadCount(ref reader, compact, nullable, 2, field);
        if (count < 0) return null;
        var list = new List<short>(count);
        for (var i = 0; i < count; i++) list.Add(reader.ReadInt16());
        return list;
    }

    public static List<int>? ReadInt32s(ref WireReader reader, bool compact, bool nullable, string field)
    {
        var count = ReadCount(ref reader, compact, nullable, 4, field);
        if (count < 0) return null;
        var list = new List<int>(count);
        for (var i = 0; i < count; i++) list.Add(reader.ReadInt32());
        return list;
    }

    public static List<long>? ReadInt64s(ref WireReader reader, bool compact, bool nullable, string field)
    {
        var count = ReadCount(ref reader, compact, nullable, 8, field);
        if (count < 0) return null;
        var list = new List<long>(count);
        for (var i = 0; i < count; i++) list.Add(reader.ReadInt64());
        return list;
    }

    public static List<Uuid>? ReadUuids(ref WireReader reader, bool compact, bool nullable, string field)
    {
        var count = ReadCount(ref reader, compact, nullable, 16, field);
        if (count < 0) return null;
        var list = new List<Uuid>(count);
        for (var i = 0; i < count; i++) list.Add(reader.ReadUuid());
        return list;
    }

    public static void WriteText(WireWriter writer, string? value, bool compact, bool nullable, string field)
    {
        if (value is null && !nullable) throw new UnsupportedFieldException($"{field} must not be null in this version");
        if (compact) writer.WriteCompactNullableString(value);
        else writer.WriteNullableString(value);
    }

    public static void WriteBytes(WireWriter writer, ReadOnlyMemory<byte>? value, bool compact, bool nullable, string field)
    {
        if (value is null && !nullable) throw new UnsupportedFieldException($"{field} must not be null in this version");
        if (compact) writer.WriteCompactNullableBytes(value);
        else writer.WriteNullableBytes(value);
    }

    public static void WriteCount(WireWriter writer, int count, bool compact, bool nullable, string field)
    {
        if (count < 0 && !nullable) throw new UnsupportedFieldException($"{field} must not be null in this version");
        if (compact) writer.WriteCompactArrayLength(count);
        else writer.WriteArrayLength(count);
    }

    public static void WriteStrings(WireWriter writer, List<string>? list, bool compact, bool nullable, string field)
    {
        WriteCount(writer, list?.Count ?? -1, compact, nullable, field);
        if (list is null) return;
        foreach (var value in list) WriteText(writer, value, compact, false, field);
    }

    public static void WriteInt8s(WireWriter writer, List<sbyte>? list, bool compact, bool nullable, string field)
    {
        WriteCount(writer, list?.Count ?? -1, compact, nullable, field);
        if (list is null) return;
        foreach (var value in list) writer.WriteInt8(value);
    }

    public static void WriteInt16s(WireWriter writer, List<short>? list, bool compact, bool nullable, string field)
    {
        WriteCount(writer, list?.Count ?? -1, compact, nullable, field);
        if (list is null) return;
        foreach (var value in list) writer.WriteInt16(value);
    }

    public static void WriteInt32s(WireWriter writer, List<int>? list, bool compact, bool nullable, string field)
    {
        WriteCount(writer, list?.Count ?? -1, compact, nullable, field);
        if (list is null) return;
        foreach (var value in list) writer.WriteInt32(value);
    }

    public static void WriteInt64s(WireWriter writer, List<long>? list, bool compact, bool nullable, string field)
    {
        WriteCount(writer, list?.Count ?? -1, compact, nullable, field);
        if (list is null) return;
        foreach (var value in list) writer.WriteInt64(value);
    }

    public static void WriteUuids(WireWriter writer, List<Uuid>? list, bool compact, bool nullable, string field)
    {
        WriteCount(writer, list?.Count ?? -1, compact, nullable, field);
        if (list is null) return;
        foreach (var value in list) writer.WriteUuid(value);
    }
}
