using System.Linq;
using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Generator.Emit;

/// <summary>Writes the body that encodes one structure.</summary>
internal sealed class WriteEmitter(CodeText code, MessageSchema message, StructSchema structure)
{
    private readonly string _flexible = Conditions.From(message.FlexibleFrom, structure.Versions);

    private string Compact => _flexible is Conditions.Always or Conditions.Never ? _flexible : "flexible";

    public void Emit()
    {
        foreach (var field in structure.Fields)
        {
            var present = Conditions.Within(field.Versions, structure.Versions);
            if (field.Tag < 0 && present == Conditions.Always) Value(field, Compact);
            else if (field.Tag < 0)
            {
                code.Open($"if ({present})");
                Value(field, Compact);
                code.Close();
                if (!field.Ignorable) code.Line($"else {Refuse(field)}");
            }
            else if (present != Conditions.Always && !field.Ignorable)
                code.Line($"if (!({present})) {{ {Refuse(field)} }}");
        }
        if (_flexible == Conditions.Never) return;
        if (_flexible != Conditions.Always)
        {
            code.Open("if (!flexible)");
            var what = $"\"{message.Name}: unknown tagged fields\"";
            code.Line($"if (!UnknownTaggedFields.IsEmpty) throw WireFields.Unsupported({what}, version);");
            code.Line("return;");
            code.Close();
        }
        Tags();
    }

    private string Refuse(FieldSchema field) =>
        $"if ({Names.NonDefault(field)}) throw WireFields.Unsupported({Names.Path(message, structure, field)}, version);";

    private void Tags()
    {
        var tagged = structure.Fields.Where(field => field.Tag >= 0).OrderBy(field => field.Tag).ToList();
        if (tagged.Count == 0)
        {
            code.Line("TagCursor.Write(writer, UnknownTaggedFields);");
            return;
        }
        code.Line("var unknown = UnknownTaggedFields.Span;");
        code.Line("var tagCount = TagCursor.Count(unknown);");
        foreach (var field in tagged)
        {
            var present = Conditions.Within(field.Versions, structure.Versions);
            code.Line($"var has{field.Name} = {(present == Conditions.Always ? "" : present + " && ")}{Names.NonDefault(field)};");
            code.Line($"if (has{field.Name}) tagCount++;");
        }
        code.Line("writer.WriteUnsignedVarint(tagCount);");
        foreach (var field in tagged)
        {
            code.Open($"if (has{field.Name})");
            code.Line($"TagCursor.WriteBelow(writer, ref unknown, {field.Tag});");
            code.Line("var start = writer.Length;");
            Value(field, Conditions.Always);
            code.Line("writer.InsertSize(start);");
            code.Close();
        }
        code.Line("writer.WriteRaw(unknown);");
    }

    private void Value(FieldSchema field, string compact)
    {
        var path = Names.Path(message, structure, field);
        var nullable = Conditions.Nullable(field);
        if (field.IsArray && field.Struct != null)
            code.Line($"{message.Name}.{field.Struct.Name}.WriteList(writer, {field.Name}, {compact}, {nullable}, version, {path});");
        else if (field.IsArray)
        {
            var kind = field.Type == "string" ? "String" : FieldTypes.Method(field);
            code.Line($"WireFields.Write{kind}s(writer, {field.Name}, {compact}, {nullable}, {path});");
        }
        else if (field.Struct != null && field.Nullable == null) code.Line($"{field.Name}.WriteFields(writer, version);");
        else if (field.Struct != null)
        {
            code.Line($"if ({field.Name} is null) writer.WriteInt8({(field.Tag < 0 ? -1 : 0)});");
            code.Line($"else {{ writer.WriteInt8(1); {field.Name}.WriteFields(writer, version); }}");
        }
        else if (field.Type == "string") code.Line($"WireFields.WriteText(writer, {field.Name}, {compact}, {nullable}, {path});");
        else if (FieldTypes.IsBytes(field)) code.Line($"WireFields.WriteBytes(writer, {field.Name}, {compact}, {nullable}, {path});");
        else code.Line($"writer.Write{FieldTypes.Method(field)}({field.Name});");
    }
}
