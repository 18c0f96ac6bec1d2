namespace ActorBroker.Protocol.Codec;

/// <summary>
/// Checks an array on the wire exactly as decoding would, without making objects, and adds up what decoding would take in memory.
/// Depth is bounded by the schema, work by the frame's length. It runs only where a frame's arrays would outgrow the frame.
/// </summary>
internal static class ShapeWalker
{
    public static void Elements(ref WireReader reader, StructShape shape, int count, short version)
    {
        reader.ChargeDeferred((long)count * (shape.Cost + 8));
        for (var i = 0; i < count; i++) Struct(ref reader, shape, version);
    }

    public static void Strings(ref WireReader reader, int count, bool compact)
    {
        reader.ChargeDeferred(count * 40L);
        for (var i = 0; i < count; i++) WireFields.SkipText(ref reader, compact, false, "string");
    }

    private static void Struct(ref WireReader reader, StructShape shape, short version)
    {
        var flexible = shape.IsFlexible(version);
        foreach (var field in shape.Fields)
            if (field.Tag < 0 && field.IsIn(version)) Field(ref reader, field, version, flexible);
        if (!flexible) return;
        var previous = -1;
        for (var left = reader.ReadTaggedFieldCount(); left > 0; left--)
        {
            previous = reader.ReadTag(previous, out var size);
            var end = reader.Position + size;
            var known = Find(shape, previous, version);
            if (known is null) reader.Skip(size);
            else Field(ref reader, known, version, true);
            reader.EndTag(end, known?.Name ?? "tagged field");
        }
    }

    /// <summary>Null is -1 before a structure that stands in order, but 0 before one in a tagged field.</summary>
    private static bool IsThere(ref WireReader reader, FieldShape field) =>
        field.Tag < 0 ? reader.ReadInt8() >= 0 : reader.ReadUnsignedVarint() != 0;

    private static FieldShape? Find(StructShape shape, int tag, short version)
    {
        foreach (var field in shape.Fields)
            if (field.Tag == tag && field.IsIn(version)) return field;
        return null;
    }

    private static void Field(ref WireReader reader, FieldShape field, short version, bool compact)
    {
        var nullable = field.AllowsNull(version);
        switch (field.Kind)
        {
            case FieldKind.Number:
                reader.Skip(field.Size);
                break;
            case FieldKind.String:
                WireFields.SkipText(ref reader, compact, nullable, field.Name);
                break;
            case FieldKind.Bytes:
                WireFields.ReadNullableBytes(ref reader, compact, nullable, field.Name);
                break;
            case FieldKind.Struct:
                if (!field.IsNullable || IsThere(ref reader, field)) Struct(ref reader, field.Inner!, version);
                break;
            case FieldKind.NumberArray:
                reader.Skip(Math.Max(0, WireFields.ReadCount(ref reader, compact, nullable, field.Size, field.Name)) * field.Size);
                break;
            case FieldKind.StringArray:
                Strings(ref reader, WireFields.ReadCount(ref reader, compact, nullable, 1, field.Name), compact);
                break;
            case FieldKind.StructArray:
                Elements(ref reader, field.Inner!, WireFields.ReadCount(ref reader, compact, nullable, 1, field.Name), version);
                break;
        }
    }
}
