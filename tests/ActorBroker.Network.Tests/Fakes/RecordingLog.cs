using System.Collections.Concurrent;
using System.Net;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Tests.Fakes;

internal sealed class RecordingLog : IGatewayLog
{
    public ConcurrentQueue<string> Closed { get; } = new();

    public ConcurrentQueue<Exception> Failures { get; } = new();

    public void ListenerStarted(string listener, IPEndPoint address)
    {
    }

    public void ListenerStopped(string listener)
    {
    }

    public void AcceptFailed(string listener, Exception exception) => Failures.Enqueue(exception);

    public void ConnectionClosed(string listener, EndPoint? peer, string reason, long unreported) => Closed.Enqueue(reason);

    public void RequestFailed(string listener, EndPoint? peer, ApiKey apiKey, short apiVersion, Exception exception) =>
        Failures.Enqueue(exception);
}
