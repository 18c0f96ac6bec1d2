using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>A handler that answers with one message, written whole; every API but Produce and Fetch.</summary>
public interface IMessageHandler : IApiHandler
{
    /// <summary>
    /// Decodes the body, handles it and writes the response's body (the header is there already). The bytes stay valid until the task
    /// ends. Throws <see cref="WireFormatException"/> for a body that cannot be decoded: the connection closes (R4).
    /// </summary>
    ValueTask HandleAsync(ReadOnlyMemory<byte> body, RequestContext context, WireWriter response);
}
