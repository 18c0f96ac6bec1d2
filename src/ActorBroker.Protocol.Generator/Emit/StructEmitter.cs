using System.Linq;
using ActorBroker.Protocol.Generator.Schema;

namespace ActorBroker.Protocol.Generator.Emit;

/// <summary>Writes properties, decoding and encoding of one structure.</summary>
internal sealed class StructEmitter(CodeText code, MessageSchema message, StructSchema structure)
{
    private string Flexible => Conditions.From(message.FlexibleFrom, structure.Versions);

    public void Properties()
    {
        foreach (var field in structure.Fields)
        {
            code.Line();
            if (FieldTypes.MayBePending(field)) PendingProperty(field);
            else if (field.Nullable == null && (field.IsArray || field.Struct != null)) LazyProperty(field);
            else Property(field);
        }
        if (Flexible == Conditions.Never) return;
        code.Line();
        code.Line("/// <summary>Tagged fields that the schema does not know, as on the wire: tag, size, value, rising.</summary>");
        code.Line("public ReadOnlyMemory<byte> UnknownTaggedFields { get; set; }");
    }

    public void Codec()
    {
        code.Line();
        code.Open("internal void ReadFields(ref WireReader reader, short version)");
        if (NeedsFlexible()) code.Line($"var flexible = {Flexible};");
        new ReadEmitter(code, message, structure).Emit();
        code.Close();
        code.Line();
        code.Open("internal void WriteFields(WireWriter writer, short version)");
        if (NeedsFlexible()) code.Line($"var flexible = {Flexible};");
        new WriteEmitter(code, message, structure).Emit();
        code.Close();
    }

    /// <summary>A message that is read into again must not keep what it had.</summary>
    public void Reset()
    {
        code.Line();
        code.Open("private void Reset()");
        foreach (var field in structure.Fields)
        {
            if (FieldTypes.MayBePending(field)) code.Line($"{Names.Backing(field)} = null; {Names.Pending(field)} = null;");
            else if (field.Nullable == null && (field.IsArray || field.Struct != null)) code.Line($"{Names.Backing(field)} = null;");
            else code.Line($"{field.Name} = {Initial(field)};");
        }
        if (Flexible != Conditions.Never) code.Line("UnknownTaggedFields = default;");
        code.Close();
    }

    public void ListCodec()
    {
        code.Line();
        code.Open($"internal static List<{structure.Name}> ReadList(ref WireReader reader, int count, short version)");
        code.Line($"var list = new List<{structure.Name}>(count);");
        code.Open("for (var i = 0; i < count; i++)");
        code.Line($"var element = new {structure.Name}();");
        code.Line("element.ReadFields(ref reader, version);");
        code.Line("list.Add(element);");
        code.Close();
        code.Line("return list;");
        code.Close();
        code.Line();
        code.Open($"internal static void WriteList(WireWriter writer, List<{structure.Name}>? list, bool compact, bool nullable, "
            + "short version, string field)");
        code.Line("WireFields.WriteCount(writer, list is null ? -1 : list.Count, compact, nullable, field);");
        code.Line("if (list is null) return;");
        code.Line("for (var i = 0; i < list.Count; i++) list[i].WriteFields(writer, version);");
        code.Close();
        code.Line();
        code.Line($"internal static int MinSize(short version) => {MinSize()};");
    }

    /// <summary>Whether a structure says nothing, so that its tagged field stays away.</summary>
    public void DefaultCheck()
    {
        var conditions = structure.Fields.Select(Names.NonDefault).ToList();
        if (Flexible != Conditions.Never) conditions.Add("!UnknownTaggedFields.IsEmpty");
        code.Line();
        code.Line($"internal bool SaysSomething => {string.Join(" || ", conditions)};");
    }

    private bool NeedsFlexible() => Flexible is not (Conditions.Always or Conditions.Never);

    private void Property(FieldSchema field)
    {
        var initial = Initial(field);
        var plain = initial is "0" or "0L" or "false" or "default" or "null";
        code.Line($"public {FieldTypes.CSharp(field)} {field.Name} {{ get; set; }}{(plain ? "" : $" = {initial};")}");
    }

    private static string Initial(FieldSchema field) =>
        (field.IsArray || field.Struct != null) && !field.DefaultsToNull ? "new()" : FieldTypes.Default(field);

    private void LazyProperty(FieldSchema field)
    {
        var type = FieldTypes.CSharp(field);
        code.Line($"private {type}? {Names.Backing(field)};");
        code.Line();
        code.Line($"public {type} {field.Name} {{ get => {Names.Backing(field)} ??= new(); set => {Names.Backing(field)} = value; }}");
    }

    /// <summary>
    /// A list, or the bytes that it will be decoded from at the first look. A nullable list whose default is empty marks null as pending.
    /// </summary>
    private void PendingProperty(FieldSchema field)
    {
        var (backing, pending, element) = (Names.Backing(field), Names.Pending(field), FieldTypes.Element(field));
        var type = FieldTypes.CSharp(field);
        var marksNull = field.Nullable != null && !field.DefaultsToNull;
        var absent = field.DefaultsToNull ? backing : $"{backing} ??= new()";
        code.Line($"private List<{element}>? {backing};");
        code.Line($"private PendingArray? {pending};");
        code.Line();
        code.Open($"public {type} {field.Name}");
        code.Line($"get => {pending} is null ? {absent} : Expand{field.Name}();");
        if (marksNull) code.Line($"set {{ {backing} = value; {pending} = value is null ? PendingArray.Null : null; }}");
        else code.Line($"set {{ {backing} = value; {pending} = null; }}");
        code.Close();
        code.Line();
        code.Open($"private {type} Expand{field.Name}()");
        code.Line($"var waiting = {pending};");
        code.Line($"if (waiting is null) return {absent};");
        if (marksNull) code.Line("if (waiting == PendingArray.Null) return null;");
        code.Line("var reader = waiting.Open();");
        code.Line(field.Struct != null
            ? $"{backing} = {message.Name}.{element}.ReadList(ref reader, waiting.Count, waiting.Version);"
            : $"{backing} = WireFields.ReadStringElements(ref reader, waiting.Count, waiting.Compact);");
        code.Line($"{pending} = null;");
        code.Line($"return {backing};");
        code.Close();
    }

    private string MinSize()
    {
        var low = structure.Versions.Low;
        var text = "";
        var size = At(low);
        for (var version = low + 1; version <= structure.Versions.High; version++)
        {
            if (At(version) == size) continue;
            text += $"version < {version} ? {size} : ";
            size = At(version);
        }
        return text + size;

        int At(int version) => FieldTypes.MinSize(structure, version, message.FlexibleFrom >= 0 && version >= message.FlexibleFrom);
    }
}
