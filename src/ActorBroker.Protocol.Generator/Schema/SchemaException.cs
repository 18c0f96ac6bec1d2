using System;

namespace ActorBroker.Protocol.Generator.Schema;

/// <summary>A schema file that cannot be understood, with the line.</summary>
internal sealed class SchemaException(int line, string message) : Exception(message)
{
    public int Line { get; } = line;
}
