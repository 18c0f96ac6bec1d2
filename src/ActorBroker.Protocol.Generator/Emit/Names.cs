using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Generator.Emit;

/// <summary>Names of fields behind properties, and expressions on them.</summary>
internal static class Names
{
    public static string Backing(FieldSchema field) => "_" + char.ToLowerInvariant(field.Name[0]) + field.Name.Substring(1);

    public static string Pending(FieldSchema field) => Backing(field) + "Pending";

    /// <summary>What error texts call the field.</summary>
    public static string Path(MessageSchema message, StructSchema structure, FieldSchema field) =>
        structure == message.Root ? $"\"{message.Name}.{field.Name}\"" : $"\"{message.Name}.{structure.Name}.{field.Name}\"";

    /// <summary>A C# condition that holds when the field differs from its default.</summary>
    public static string NonDefault(FieldSchema field)
    {
        var backing = Backing(field);
        if (field.DefaultsToNull && FieldTypes.MayBePending(field)) return $"({Pending(field)} is not null || {backing} is not null)";
        if (field.DefaultsToNull) return $"{field.Name} is not null";
        if (FieldTypes.MayBePending(field)) return $"({Pending(field)} is not null || {backing} is {{ Count: > 0 }})";
        if (field.IsArray) return field.Nullable == null ? $"{backing} is {{ Count: > 0 }}" : $"{field.Name} is not {{ Count: 0 }}";
        if (field.Struct != null && field.Nullable != null) return $"{field.Name} is not {{ SaysSomething: false }}";
        if (field.Struct != null) return $"{backing} is {{ SaysSomething: true }}";
        if (FieldTypes.IsBytes(field)) return field.Nullable == null ? $"!{field.Name}.IsEmpty" : $"{field.Name} is not {{ Length: 0 }}";
        if (field.Type == "bool") return FieldTypes.Default(field) == "true" ? $"!{field.Name}" : field.Name;
        return $"{field.Name} != {FieldTypes.Default(field)}";
    }
}
