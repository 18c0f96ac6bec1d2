using System.Collections.Generic;

namespace ActorBroker.Protocol.Generator.Schema;

/// <summary>What one .schema file says: an API with request and response, or some records.</summary>
internal sealed class SchemaFile
{
    public List<MessageSchema> Messages { get; } = new();

    /// <summary>-1 in a file of records.</summary>
    public int ApiKey { get; set; } = -1;

    public string ApiName { get; set; } = "";

    /// <summary>Null for a retired API.</summary>
    public VersionRange? ApiVersions { get; set; }

    public int FlexibleFrom { get; set; } = -1;

    /// <summary>First version that is not stable yet, -1 for none.</summary>
    public int UnstableFrom { get; set; } = -1;
}
