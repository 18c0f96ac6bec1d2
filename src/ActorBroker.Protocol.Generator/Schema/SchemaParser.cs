using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ActorBroker.Protocol.Generator.Schema;

/// <summary>
/// Reads the schema notation (described in Schemas/README.md): one line a field, two spaces of indentation a level, a structure's fields
/// beneath the first field that uses it, structures used more than once under a line of their own.
/// </summary>
internal sealed class SchemaParser
{
    private static readonly HashSet<string> Primitives = new(StringComparer.Ordinal)
    {
        "bool", "int8", "int16", "uint16", "int32", "uint32", "int64", "float64", "uuid", "string", "bytes", "records", "error",
    };

    private readonly SchemaFile _file = new();
    private readonly Stack<Level> _levels = new();
    private MessageSchema? _message;
    private FieldSchema? _lastField;

    public static bool IsPrimitive(string type) => Primitives.Contains(type);

    public static SchemaFile Parse(string text)
    {
        var parser = new SchemaParser();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var comment = lines[i].IndexOf("//", StringComparison.Ordinal);
            var line = (comment < 0 ? lines[i] : lines[i].Substring(0, comment)).TrimEnd();
            if (line.Length == 0) continue;
            try
            {
                parser.Line(line, i + 1);
            }
            catch (FormatException problem)
            {
                throw new SchemaException(i + 1, problem.Message);
            }
        }
        parser.EndMessage();
        return parser._file;
    }

    private void Line(string line, int number)
    {
        var indent = line.Length - line.TrimStart(' ').Length;
        if (indent % 2 != 0) throw new FormatException("indentation goes by two spaces");
        var words = line.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
        if (indent == 0) Head(words);
        else if (words[0] == "struct") BeginStruct(words, indent);
        else Field(words, indent, number);
    }

    private void Head(string[] words)
    {
        EndMessage();
        switch (words[0])
        {
            case "api":
                Api(words);
                return;
            case "request" or "response":
                if (_file.ApiVersions is not { } versions) throw new FormatException("a request or response needs an api with versions");
                var suffix = words[0] == "request" ? "Request" : "Response";
                Begin(new MessageSchema(words[0], _file.ApiKey, _file.ApiName + suffix, versions, _file.FlexibleFrom));
                return;
            case "key" or "value":
                Begin(Record(words[0], Number(words[1]), words[2], words.Skip(3)));
                return;
            case "data":
                Begin(Record("data", -1, words[1], words.Skip(2)));
                return;
            default:
                throw new FormatException($"unknown section '{words[0]}'");
        }
    }

    private void Api(string[] words)
    {
        _file.ApiKey = Number(words[1]);
        _file.ApiName = words[2];
        if (words.Length == 4 && words[3] == "retired") return;
        var options = Options(words.Skip(3));
        _file.ApiVersions = VersionRange.Parse(options["versions"], int.MaxValue);
        _file.FlexibleFrom = options.TryGetValue("flexible", out var flexible) ? Number(flexible.TrimEnd('+')) : -1;
        _file.UnstableFrom = options.TryGetValue("unstable", out var unstable) ? Number(unstable.TrimEnd('+')) : -1;
    }

    private static MessageSchema Record(string kind, int number, string name, IEnumerable<string> words)
    {
        var options = Options(words);
        var flexible = options.TryGetValue("flexible", out var text) ? Number(text.TrimEnd('+')) : -1;
        return new MessageSchema(kind, number, name, VersionRange.Parse(options["versions"], int.MaxValue), flexible);
    }

    private static Dictionary<string, string> Options(IEnumerable<string> words)
    {
        var list = words.ToList();
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < list.Count; i += 2) options[list[i]] = list[i + 1];
        if (!options.ContainsKey("versions")) throw new FormatException("versions are missing");
        return options;
    }

    private void Begin(MessageSchema message)
    {
        _message = message;
        _lastField = null;
        _levels.Clear();
        _levels.Push(new Level(2, message.Root));
        _file.Messages.Add(message);
    }

    private void BeginStruct(string[] words, int indent)
    {
        if (_message == null || indent != 2) throw new FormatException("a common structure stands directly within a message");
        var versions = words.Length > 2 ? VersionRange.Parse(words[2].TrimStart('v'), _message.Versions.High) : _message.Versions;
        var common = new StructSchema(words[1], versions);
        _message.Structs.Add(common);
        _levels.Clear();
        _levels.Push(new Level(4, common));
        _lastField = null;
    }

    private void Field(string[] words, int indent, int number)
    {
        if (_message == null) throw new FormatException("a field stands outside of a message");
        if (indent > _levels.Peek().Indent) Nest(indent);
        while (_levels.Count > 1 && indent < _levels.Peek().Indent) _levels.Pop();
        if (indent != _levels.Peek().Indent) throw new FormatException("indentation fits no level");
        var parent = _levels.Peek().Struct;
        _lastField = FieldParser.Parse(words, parent.Versions);
        _lastField.Line = number;
        parent.Fields.Add(_lastField);
    }

    private void Nest(int indent)
    {
        if (_lastField == null || IsPrimitive(_lastField.Type) || indent != _levels.Peek().Indent + 2)
            throw new FormatException("only a field of a structure type has fields beneath it");
        var nested = new StructSchema(_lastField.Type, _lastField.Versions);
        _message!.Structs.Add(nested);
        _levels.Push(new Level(indent, nested));
    }

    private void EndMessage()
    {
        if (_message == null) return;
        foreach (var structure in _message.Structs.Concat(new[] { _message.Root }))
            foreach (var field in structure.Fields)
            {
                if (IsPrimitive(field.Type)) continue;
                field.Struct = _message.Structs.FirstOrDefault(candidate => candidate.Name == field.Type)
                    ?? throw new SchemaException(field.Line, $"unknown type '{field.Type}'");
            }
        _message = null;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private readonly struct Level(int indent, StructSchema structure)
    {
        public int Indent { get; } = indent;

        public StructSchema Struct { get; } = structure;
    }
}
