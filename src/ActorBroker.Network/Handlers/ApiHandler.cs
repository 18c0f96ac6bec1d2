using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// The base of most handlers: a generated request in, a generated response out. One handler serves all connections at the same time, so it
/// holds no state of a request. Byte fields of the request are slices of the received frame: copy what outlives the call.
/// An exception closes the connection and is logged; errors that a client should see are values in the response.
/// </summary>
public abstract class ApiHandler<TRequest, TResponse>(ApiKey key, short minVersion, short maxVersion) : IMessageHandler
    where TRequest : IWireMessage, new()
    where TResponse : IWireMessage
{
    public ApiKey Key => key;

    public short MinVersion => minVersion;

    public short MaxVersion => maxVersion;

    /// <summary>Handles a request; runs on a network thread until its first await, so it must not block.</summary>
    public abstract ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context);

    async ValueTask IMessageHandler.HandleAsync(ReadOnlyMemory<byte> body, RequestContext context, WireWriter response)
    {
        var answer = await HandleAsync(Decode(body, context.ApiVersion), context).ConfigureAwait(false);
        answer.Write(response, context.ApiVersion);
    }

    private static TRequest Decode(ReadOnlyMemory<byte> body, short version)
    {
        var request = new TRequest();
        var reader = new WireReader(body);
        request.Read(ref reader, version);
        return request;
    }
}
