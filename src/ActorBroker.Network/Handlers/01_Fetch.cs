using ActorBroker.Network.Connections;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Fetch, with sessions (KIP-227), topic ids from version 13 on and leader hints from version 16 on. Only committed records are given
/// out.
/// </summary>
public sealed class FetchHandler : IConnectionHandler
{
    public ApiKey Key => ApiKey.Fetch;

    public short MinVersion => 4;

    public short MaxVersion => 18;

    bool IConnectionHandler.RunsAhead => false;

    ValueTask IConnectionHandler.HandleAsync(Connection connection, RequestHeader header, int bodyOffset, Frame frame) =>
        connection.Fetch.RunAsync(header, bodyOffset, frame);
}
