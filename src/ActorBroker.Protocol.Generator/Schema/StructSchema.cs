using System.Collections.Generic;

namespace ActorBroker.Protocol.Generator.Schema;

/// <summary>Fields in the order of the wire; the root of a message or a structure within it.</summary>
internal sealed class StructSchema(string name, VersionRange versions)
{
    public string Name { get; } = name;

    /// <summary>The message's versions in which the structure occurs.</summary>
    public VersionRange Versions { get; } = versions;

    public List<FieldSchema> Fields { get; } = new();
}
