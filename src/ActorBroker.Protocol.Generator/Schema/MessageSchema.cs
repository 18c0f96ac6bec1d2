using System.Collections.Generic;

namespace ActorBroker.Protocol.Generator.Schema;

/// <summary>A message that stands on the wire or in a log on its own.</summary>
internal sealed class MessageSchema(string kind, int number, string name, VersionRange versions, int flexibleFrom)
{
    /// <summary>request, response, key, value or data.</summary>
    public string Kind { get; } = kind;

    /// <summary>The API key, the record type, or -1.</summary>
    public int Number { get; } = number;

    public string Name { get; } = name;

    public VersionRange Versions { get; } = versions;

    /// <summary>First version with compact lengths and tagged fields, -1 for none.</summary>
    public int FlexibleFrom { get; } = flexibleFrom;

    public StructSchema Root { get; } = new(name, versions);

    /// <summary>All structures within, nested or common, in the order of the file.</summary>
    public List<StructSchema> Structs { get; } = new();
}
