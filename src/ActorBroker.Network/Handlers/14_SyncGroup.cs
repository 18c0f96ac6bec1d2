using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Second half of a classic rebalance. From version 5 the member must say which protocol it believes in.</summary>
public sealed class SyncGroupHandler(IGroupCoordinator coordinator)
    : ApiHandler<SyncGroupRequest, SyncGroupResponse>(ApiKey.SyncGroup, 0, 5)
{
    public override async ValueTask<SyncGroupResponse> HandleAsync(SyncGroupRequest request, RequestContext context)
    {
        if (context.ApiVersion >= 5 && (request.ProtocolType is null || request.ProtocolName is null))
            return new SyncGroupResponse { ErrorCode = ErrorCode.InconsistentGroupProtocol };
        var command = new SyncGroup
        {
            GroupId = request.GroupId,
            GenerationId = request.GenerationId,
            MemberId = request.MemberId,
            InstanceId = request.GroupInstanceId,
            ProtocolType = request.ProtocolType,
            ProtocolName = request.ProtocolName,
            Assignments = [.. request.Assignments.Select(item => new MemberAssignment(item.MemberId, item.Assignment.ToArray()))],
        };
        var reply = await coordinator.SyncAsync(command, context.Cancel).ConfigureAwait(false);
        return new SyncGroupResponse
        {
            ErrorCode = reply.Error,
            ProtocolType = reply.ProtocolType,
            ProtocolName = reply.ProtocolName,
            Assignment = reply.Assignment,
        };
    }
}
