using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// KIP-848's protocol is off, as in a Kafka with <c>group.version=0</c>: the API is advertised all the same and says UNSUPPORTED_VERSION,
/// by which clients know what to tell their users (set <c>group.protocol=classic</c>).
/// </summary>
public sealed class ConsumerGroupHeartbeatHandler()
    : ApiHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(ApiKey.ConsumerGroupHeartbeat, 0, 1)
{
    public override ValueTask<ConsumerGroupHeartbeatResponse> HandleAsync(ConsumerGroupHeartbeatRequest request, RequestContext context) =>
        new(new ConsumerGroupHeartbeatResponse { ErrorCode = ErrorCode.UnsupportedVersion });
}
