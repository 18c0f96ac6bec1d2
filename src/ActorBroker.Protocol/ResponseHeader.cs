namespace ActorBroker.Protocol;

/// <summary>
/// The head of a response frame: the correlation id, and from version 1 on tagged fields. ApiVersions responses keep version 0 forever,
/// so that a client which guessed too high a version can still read the answer.
/// </summary>
public static class ResponseHeader
{
    public static void Write(WireWriter writer, ApiKey apiKey, short apiVersion, int correlationId)
    {
        writer.WriteInt32(correlationId);
        if (ApiCatalog.ResponseHeaderVersion(apiKey, apiVersion) >= 1) writer.WriteNoTaggedFields();
    }

    /// <summary>Gives the correlation id.</summary>
    public static int Read(ref WireReader reader, ApiKey apiKey, short apiVersion)
    {
        var correlationId = reader.ReadInt32();
        if (ApiCatalog.ResponseHeaderVersion(apiKey, apiVersion) >= 1) reader.SkipTaggedFields();
        return correlationId;
    }
}
