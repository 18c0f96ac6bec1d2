using System.Collections.Generic;
using System.Globalization;
using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Generator.Emit;

/// <summary>How the notation's types look in C#, on the wire and in memory.</summary>
internal static class FieldTypes
{
    /// <summary>Type → C# type, suffix of the reader's and writer's methods, bytes on the wire.</summary>
    private static readonly Dictionary<string, (string CSharp, string Method, int Size)> Numbers = new()
    {
        ["bool"] = ("bool", "Bool", 1),
        ["int8"] = ("sbyte", "Int8", 1),
        ["int16"] = ("short", "Int16", 2),
        ["error"] = ("ErrorCode", "Error", 2),
        ["uint16"] = ("ushort", "UInt16", 2),
        ["int32"] = ("int", "Int32", 4),
        ["uint32"] = ("uint", "UInt32", 4),
        ["int64"] = ("long", "Int64", 8),
        ["float64"] = ("double", "Float64", 8),
        ["uuid"] = ("Uuid", "Uuid", 16),
    };

    public static bool IsNumber(FieldSchema field) => Numbers.ContainsKey(field.Type);

    public static bool IsBytes(FieldSchema field) => field.Type is "bytes" or "records";

    public static string Method(FieldSchema field) => Numbers[field.Type].Method;

    public static int Size(FieldSchema field) => Numbers[field.Type].Size;

    /// <summary>Arrays whose decoding may be put off because their elements take more memory than bytes on the wire.</summary>
    public static bool MayBePending(FieldSchema field) => field.IsArray && (field.Struct != null || field.Type == "string");

    public static string Element(FieldSchema field) =>
        field.Struct?.Name ?? (IsBytes(field) ? "ReadOnlyMemory<byte>" : field.Type == "string" ? "string" : Numbers[field.Type].CSharp);

    public static string CSharp(FieldSchema field)
    {
        var type = field.IsArray ? $"List<{Element(field)}>" : Element(field);
        return field.Nullable != null ? type + "?" : type;
    }

    public static string Default(FieldSchema field)
    {
        if (field.DefaultsToNull) return "null";
        return field.Type switch
        {
            "string" => field.Default is null or "\"\"" ? "\"\"" : $"\"{field.Default}\"",
            "bytes" or "records" => field.Nullable != null ? "ReadOnlyMemory<byte>.Empty" : "default",
            "bool" => field.Default ?? "false",
            "uuid" => "default",
            "error" => field.Default is null ? "default" : $"(ErrorCode)({field.Default})",
            "int64" => long.Parse(field.Default ?? "0", CultureInfo.InvariantCulture) + "L",
            _ => (field.Default ?? "0").Replace("-2147483648", "int.MinValue"),
        };
    }

    /// <summary>Fewest bytes on the wire in one version; null for an array, string or structure counts.</summary>
    public static int MinSize(FieldSchema field, int version, bool flexible)
    {
        if (field.Tag >= 0) return 0;
        if (field.IsArray) return flexible ? 1 : 4;
        if (field.Type == "string") return flexible ? 1 : 2;
        if (IsBytes(field)) return flexible ? 1 : 4;
        if (field.Struct == null) return Size(field);
        return field.Nullable != null ? 1 : MinSize(field.Struct, version, flexible);
    }

    public static int MinSize(StructSchema structure, int version, bool flexible)
    {
        var size = flexible ? 1 : 0;
        foreach (var field in structure.Fields)
            if (version >= field.Versions.Low && version <= field.Versions.High) size += MinSize(field, version, flexible);
        return size;
    }

    /// <summary>
    /// Upper bound of the bytes that one decoded instance takes, without what grows with the wire's own bytes (text, numbers in arrays):
    /// the object, the objects behind its fields, the heads of lists and strings.
    /// </summary>
    public static int Cost(StructSchema structure)
    {
        var own = 16 + 16;
        var behind = 0;
        foreach (var field in structure.Fields)
        {
            if (field.IsArray)
            {
                own += 16;
                behind += 96;
            }
            else if (field.Type == "string")
            {
                own += 8;
                behind += 32;
            }
            else if (field.Struct != null)
            {
                own += 8;
                behind += Cost(field.Struct);
            }
            else own += IsBytes(field) ? 24 : Size(field);
        }
        return (own + 7) / 8 * 8 + behind;
    }
}
