using ActorBroker.Protocol;

namespace ActorBroker.Network.Connections;

/// <summary>A handler threw what it should have answered; carries which request it was to the connection's loop.</summary>
internal sealed class RequestFailedException(ApiKey apiKey, short apiVersion, Exception cause)
    : Exception($"{apiKey} version {apiVersion} failed", cause)
{
    public ApiKey ApiKey => apiKey;

    public short ApiVersion => apiVersion;
}
