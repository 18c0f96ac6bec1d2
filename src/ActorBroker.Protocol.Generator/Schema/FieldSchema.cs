namespace ActorBroker.Protocol.Generator.Schema;

/// <summary>One field: how it is named, typed, and in which versions it stands where.</summary>
internal sealed class FieldSchema(string name, string type, bool isArray, VersionRange versions)
{
    public string Name { get; } = name;

    /// <summary>A primitive's name or the name of a structure of the same message.</summary>
    public string Type { get; } = type;

    public bool IsArray { get; } = isArray;

    public VersionRange Versions { get; } = versions;

    /// <summary>Versions in which null is allowed.</summary>
    public VersionRange? Nullable { get; set; }

    /// <summary>-1 for a field that stands in order.</summary>
    public int Tag { get; set; } = -1;

    /// <summary>As written after '='; without it zero, empty or false.</summary>
    public string? Default { get; set; }

    /// <summary>May be dropped silently in versions that lack it.</summary>
    public bool Ignorable { get; set; }

    /// <summary>Elements are told apart by this field.</summary>
    public bool Key { get; set; }

    /// <summary>The structure behind <see cref="Type"/>, null for primitives.</summary>
    public StructSchema? Struct { get; set; }

    public int Line { get; set; }

    public bool DefaultsToNull => Default == "null" || (Type == "records" && Nullable != null);
}
