using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Generator.Emit;

/// <summary>Writes the table by which the walker checks a structure without making objects.</summary>
internal static class ShapeEmitter
{
    public static void Emit(CodeText code, MessageSchema message, StructSchema structure)
    {
        code.Line($"internal static readonly StructShape Shape = new({message.FlexibleFrom}, {FieldTypes.Cost(structure)},");
        code.Line("[");
        foreach (var field in structure.Fields) code.Line($"    {Field(message, structure, field)},");
        code.Line("]);");
    }

    private static string Field(MessageSchema message, StructSchema structure, FieldSchema field)
    {
        var text = $"new({Names.Path(message, structure, field)}, FieldKind.{Kind(field)}, {field.Versions.Low}, {field.Versions.High}, "
            + $"{field.Tag}, {(FieldTypes.IsNumber(field) ? FieldTypes.Size(field) : 0)}, "
            + (field.Struct == null ? "null" : $"{message.Name}.{field.Struct.Name}.Shape");
        return field.Nullable is { } range ? $"{text}) {{ NullFrom = {range.Low}, NullTo = {range.High} }}" : text + ")";
    }

    private static string Kind(FieldSchema field)
    {
        if (field.Struct != null) return field.IsArray ? "StructArray" : "Struct";
        if (field.Type == "string") return field.IsArray ? "StringArray" : "String";
        if (FieldTypes.IsBytes(field)) return "Bytes";
        return field.IsArray ? "NumberArray" : "Number";
    }
}
