using System.Net;
using ActorBroker.Core.Metadata;
using ActorBroker.Network.Connections;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>What a handler may know of the request besides its body.</summary>
public sealed class RequestContext
{
    public required ApiKey ApiKey { get; init; }

    public required short ApiVersion { get; init; }

    public int CorrelationId { get; init; }

    public string? ClientId { get; init; }

    /// <summary>The listener that the client came in on: addresses in the response are those advertised for it (R41).</summary>
    public string ListenerName { get; init; } = "PLAINTEXT";

    public IPAddress ClientAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The address as Kafka shows it in descriptions of group members.</summary>
    public string ClientHost => "/" + ClientAddress;

    /// <summary>The authenticated user as Kafka writes it; ANONYMOUS on listeners without authentication.</summary>
    public string Principal { get; init; } = "User:ANONYMOUS";

    /// <summary>The node that answers.</summary>
    public int NodeId { get; init; }

    /// <summary>The metadata as of the start of the request: one request sees one image.</summary>
    public MetadataImage Metadata { get; init; } = MetadataImage.Empty;

    /// <summary>Cancelled when the connection closes. Most requests never ask for it, and their connections make none.</summary>
    public CancellationToken Cancel
    {
        get => Connection?.Cancel ?? field;
        init;
    }

    internal Connection? Connection { get; init; }

    /// <summary>
    /// Milliseconds for which the connection stays mute after the response has been sent (R6); a handler that throttles sets it and the
    /// response's field.
    /// </summary>
    public int ThrottleTimeMs { get; set; }
}
