using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// A classic member is alive. While the groups of a partition are being loaded the answer is "all is well": the member could do nothing
/// better.
/// </summary>
public sealed class HeartbeatHandler(IGroupCoordinator coordinator)
    : ApiHandler<HeartbeatRequest, HeartbeatResponse>(ApiKey.Heartbeat, 0, 4)
{
    public override async ValueTask<HeartbeatResponse> HandleAsync(HeartbeatRequest request, RequestContext context)
    {
        var command = new Heartbeat
        {
            GroupId = request.GroupId,
            GenerationId = request.GenerationId,
            MemberId = request.MemberId,
            InstanceId = request.GroupInstanceId,
        };
        var reply = await coordinator.HeartbeatAsync(command, context.Cancel).ConfigureAwait(false);
        return new HeartbeatResponse { ErrorCode = reply.Error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : reply.Error };
    }
}
