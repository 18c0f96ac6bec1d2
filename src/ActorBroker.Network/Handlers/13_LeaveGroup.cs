using System.Collections.Immutable;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Members leave on purpose: one up to version 2, whose error is the response's own; many from version 3, each with its error (KIP-345).
/// </summary>
public sealed class LeaveGroupHandler(IGroupCoordinator coordinator)
    : ApiHandler<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, 0, 5)
{
    public override async ValueTask<LeaveGroupResponse> HandleAsync(LeaveGroupRequest request, RequestContext context)
    {
        ImmutableArray<LeavingMember> members = context.ApiVersion < 3
            ? [new LeavingMember(request.MemberId, null, null)]
            : [.. request.Members.Select(member => new LeavingMember(member.MemberId, member.GroupInstanceId, member.Reason))];
        var command = new LeaveGroup { GroupId = request.GroupId, Members = members };
        var reply = await coordinator.LeaveAsync(command, context.Cancel).ConfigureAwait(false);
        if (context.ApiVersion < 3)
            return new LeaveGroupResponse { ErrorCode = reply.Error != ErrorCode.None ? reply.Error : reply.Members[0].Error };
        var response = new LeaveGroupResponse { ErrorCode = reply.Error };
        foreach (var member in reply.Members)
        {
            response.Members.Add(new LeaveGroupResponse.MemberResponse
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                ErrorCode = member.Error,
            });
        }

        return response;
    }
}
