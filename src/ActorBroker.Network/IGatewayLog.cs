using System.Net;
using ActorBroker.Protocol;

namespace ActorBroker.Network;

/// <summary>
/// What the gateway tells an operator. Called on network threads: must not block. Floods are thinned before they come here.
/// </summary>
public interface IGatewayLog
{
    void ListenerStarted(string listener, IPEndPoint address);

    void ListenerStopped(string listener);

    /// <summary>Accepting failed (for example: no descriptors left); it goes on after a pause.</summary>
    void AcceptFailed(string listener, Exception exception);

    /// <summary>
    /// A connection was closed because of what its peer did or did not do; <paramref name="unreported"/> more were not logged before.
    /// </summary>
    void ConnectionClosed(string listener, EndPoint? peer, string reason, long unreported);

    /// <summary>A defect of the broker: a handler or the connection loop threw what it should have answered.</summary>
    void RequestFailed(string listener, EndPoint? peer, ApiKey apiKey, short apiVersion, Exception exception);
}
