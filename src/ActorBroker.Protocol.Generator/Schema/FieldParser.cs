using System;
using System.Globalization;

namespace ActorBroker.Protocol.Generator.Schema;

/// <summary>Reads a field's line: name, type, then versions, null range, tag, default and flags where they differ from the rule.</summary>
internal static class FieldParser
{
    public static FieldSchema Parse(string[] words, VersionRange parent)
    {
        if (words.Length < 2) throw new FormatException("a field needs a name and a type");
        var type = words[1];
        var isArray = type.StartsWith("[]", StringComparison.Ordinal);
        var isNullable = type.EndsWith("?", StringComparison.Ordinal);
        var at = 2;
        var versions = parent;
        if (at < words.Length && words[at].Length > 1 && words[at][0] == 'v' && char.IsDigit(words[at][1]))
            versions = VersionRange.Parse(words[at++].Substring(1), parent.High);
        if (!parent.Covers(versions)) throw new FormatException("a field lives outside of the versions of its structure");
        var field = new FieldSchema(words[0], type.TrimEnd('?').Substring(isArray ? 2 : 0), isArray, versions);
        if (isNullable) field.Nullable = versions;
        while (at < words.Length) at = Option(field, words, at);
        return field;
    }

    private static int Option(FieldSchema field, string[] words, int at)
    {
        switch (words[at])
        {
            case "null" when field.Nullable != null:
                field.Nullable = VersionRange.Parse(words[at + 1], field.Versions.High);
                return at + 2;
            case "tag":
                field.Tag = int.Parse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture);
                return at + 2;
            case "=":
                field.Default = words[at + 1];
                return at + 2;
            case "ignorable":
                field.Ignorable = true;
                return at + 1;
            case "key":
                field.Key = true;
                return at + 1;
            default:
                throw new FormatException($"unknown word '{words[at]}'");
        }
    }
}
