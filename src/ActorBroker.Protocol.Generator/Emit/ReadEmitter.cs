using System.Linq;
using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Generator.Emit;

/// <summary>Writes the body that decodes one structure into a fresh instance.</summary>
internal sealed class ReadEmitter(CodeText code, MessageSchema message, StructSchema structure)
{
    private readonly string _flexible = Conditions.From(message.FlexibleFrom, structure.Versions);

    private string Compact => _flexible is Conditions.Always or Conditions.Never ? _flexible : "flexible";

    public void Emit()
    {
        foreach (var field in structure.Fields.Where(field => field.Tag < 0))
        {
            var present = Conditions.Within(field.Versions, structure.Versions);
            if (present == Conditions.Always) Value(field, Compact);
            else
            {
                code.Open($"if ({present})");
                Value(field, Compact);
                code.Close();
            }
        }
        if (_flexible == Conditions.Never) return;
        var tagged = structure.Fields.Where(field => field.Tag >= 0).OrderBy(field => field.Tag).ToList();
        if (tagged.Count == 0)
        {
            code.Line((_flexible == Conditions.Always ? "" : "if (flexible) ") + "UnknownTaggedFields = reader.ReadUnknownTags();");
            return;
        }
        if (_flexible != Conditions.Always) code.Line("if (!flexible) return;");
        code.Line("var tags = new TagCursor(ref reader);");
        code.Open("while (tags.Next(ref reader))");
        code.Open("switch (tags.Tag)");
        foreach (var field in tagged)
        {
            var present = Conditions.Within(field.Versions, structure.Versions);
            code.Open(present == Conditions.Always ? $"case {field.Tag}:" : $"case {field.Tag} when {present}:");
            Value(field, Conditions.Always);
            code.Line($"reader.EndTag(tags.End, {Names.Path(message, structure, field)});");
            code.Line("break;");
            code.Close();
        }
        code.Open("default:");
        code.Line("tags.Keep(ref reader);");
        code.Line("break;");
        code.Close();
        code.Close();
        code.Close();
        code.Line("UnknownTaggedFields = tags.Unknown;");
    }

    private void Value(FieldSchema field, string compact)
    {
        var path = Names.Path(message, structure, field);
        var nullable = Conditions.Nullable(field);
        var sure = field.Nullable == null ? "!" : "";
        if (field.IsArray) Array(field, compact, nullable, path);
        else if (field.Struct != null) Struct(field);
        else if (field.Type == "string")
            code.Line($"{field.Name} = WireFields.ReadText(ref reader, {compact}, {nullable}, {path}){sure};");
        else if (FieldTypes.IsBytes(field))
            code.Line($"{field.Name} = WireFields.Read{(field.Nullable == null ? "" : "Nullable")}Bytes(ref reader, {compact}, "
                + (field.Nullable == null ? "" : nullable + ", ") + $"{path});");
        else code.Line($"{field.Name} = reader.Read{FieldTypes.Method(field)}();");
    }

    private void Struct(FieldSchema field)
    {
        var fresh = $"{{ var inner = new {field.Struct!.Name}(); inner.ReadFields(ref reader, version); {field.Name} = inner; }}";
        // Null is -1 before a structure that stands in order, but 0 before one in a tagged field.
        var isNull = field.Tag < 0 ? "reader.ReadInt8() < 0" : "reader.ReadUnsignedVarint() == 0";
        code.Line(field.Nullable == null ? fresh : $"if ({isNull}) {field.Name} = null; else {fresh}");
    }

    private void Array(FieldSchema field, string compact, string nullable, string path)
    {
        if (!FieldTypes.MayBePending(field))
        {
            var target = field.Nullable == null ? Names.Backing(field) : field.Name;
            code.Line($"{target} = WireFields.Read{FieldTypes.Method(field)}s(ref reader, {compact}, {nullable}, {path});");
            return;
        }
        var (backing, pending) = (Names.Backing(field), Names.Pending(field));
        var count = "count" + field.Name;
        var min = field.Struct != null ? $"{message.Name}.{field.Struct.Name}.MinSize(version)" : $"WireFields.MinText({compact})";
        var cost = field.Struct != null ? FieldTypes.Cost(field.Struct) + 8 : 40;
        code.Line($"var {count} = WireFields.ReadCount(ref reader, {compact}, {nullable}, {min}, {path});");
        if (field.Nullable != null && !field.DefaultsToNull)
            code.Line($"if ({count} < 0) {pending} = PendingArray.Null;");
        var lead = field.Nullable != null && !field.DefaultsToNull ? "else " : "";
        if (field.DefaultsToNull)
            code.Line($"if ({count} < 0) {backing} = null;");
        if (field.DefaultsToNull) lead = "else ";
        code.Line($"{lead}if (reader.TryCharge({count}, {cost})) {backing} = " + (field.Struct != null
            ? $"{message.Name}.{field.Struct.Name}.ReadList(ref reader, {count}, version);"
            : $"WireFields.ReadStringElements(ref reader, {count}, {compact});"));
        code.Line(field.Struct != null
            ? $"else {pending} = reader.Defer({message.Name}.{field.Struct.Name}.Shape, {count}, version);"
            : $"else {pending} = reader.DeferStrings({count}, version, {compact});");
    }
}
