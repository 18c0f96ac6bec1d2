using ActorBroker.Protocol.Codec;

namespace ActorBroker.Protocol;

/// <summary>
/// The head of a request frame. Version 1 ends with the client id, version 2 adds tagged fields; the client id keeps its int16 length
/// in both, since the broker must find it before it knows more (KIP-482). It stays a slice of the frame until someone asks for text.
/// </summary>
public readonly struct RequestHeader(ApiKey apiKey, short apiVersion, int correlationId, ReadOnlyMemory<byte>? clientIdBytes)
{
    public ApiKey ApiKey { get; } = apiKey;

    public short ApiVersion { get; } = apiVersion;

    public int CorrelationId { get; } = correlationId;

    /// <summary>UTF-8, a slice of the frame; null when the client gave none.</summary>
    public ReadOnlyMemory<byte>? ClientIdBytes { get; } = clientIdBytes;

    /// <summary>Decoded anew at each call.</summary>
    public string? ClientId => ClientIdBytes is { } bytes ? WireText.Decode(bytes.Span) : null;

    /// <summary>
    /// Throws <see cref="WireFormatException"/> for an API key that Kafka never defined. A version outside the API's range is not refused
    /// here: ApiVersions must still be answered.
    /// </summary>
    public static RequestHeader Read(ref WireReader reader)
    {
        var key = (ApiKey)reader.ReadInt16();
        var version = reader.ReadInt16();
        if (!ApiCatalog.IsKnown(key)) throw reader.Fail("api key", $"{(short)key} is unknown");
        var correlationId = reader.ReadInt32();
        var clientId = reader.ReadNullableStringBytes("client id");
        if (ApiCatalog.RequestHeaderVersion(key, version) >= 2) reader.SkipTaggedFields();
        return new RequestHeader(key, version, correlationId, clientId);
    }

    public static void Write(WireWriter writer, ApiKey apiKey, short apiVersion, int correlationId, string? clientId)
    {
        writer.WriteInt16((short)apiKey);
        writer.WriteInt16(apiVersion);
        writer.WriteInt32(correlationId);
        writer.WriteNullableString(clientId);
        if (ApiCatalog.RequestHeaderVersion(apiKey, apiVersion) >= 2) writer.WriteNoTaggedFields();
    }
}
