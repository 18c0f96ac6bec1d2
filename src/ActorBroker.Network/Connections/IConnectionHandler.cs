using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Connections;

/// <summary>A handler of the hot path: it works on the received frame and writes to the connection itself.</summary>
internal interface IConnectionHandler : IApiHandler
{
    /// <summary>Whether it may start while earlier requests of its own kind are not answered yet (Produce alone).</summary>
    bool RunsAhead { get; }

    /// <summary>
    /// Takes the frame over, also when it throws. Completes when the next request may be looked at. The body starts
    /// <paramref name="bodyOffset"/> bytes into the frame. Throws <see cref="WireFormatException"/> before anything of the request has
    /// taken
    /// effect.
    /// </summary>
    ValueTask HandleAsync(Connection connection, RequestHeader header, int bodyOffset, Frame frame);
}
