using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Describes classic groups. A group that does not exist is a dead one; from version 6 that is also an error (KIP-1043).</summary>
public sealed class DescribeGroupsHandler(IGroupCoordinator coordinator)
    : ApiHandler<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups, 0, 6)
{
    /// <summary>Without an authorizer everyone may do everything: read, delete, describe, describe and alter configs, as bits.</summary>
    private const int AllOperations = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11);

    public override async ValueTask<DescribeGroupsResponse> HandleAsync(DescribeGroupsRequest request, RequestContext context)
    {
        var asked = request.Groups
            .Select(group => coordinator.DescribeAsync(new DescribeGroup { GroupId = group }, context.Cancel).AsTask())
            .ToList();
        var response = new DescribeGroupsResponse();
        foreach (var task in asked) response.Groups.Add(ToGroup(await task.ConfigureAwait(false), request, context));
        return response;
    }

    private static DescribeGroupsResponse.DescribedGroup ToGroup(
        DescribeGroupReply reply, DescribeGroupsRequest request, RequestContext context)
    {
        var group = new DescribeGroupsResponse.DescribedGroup
        {
            ErrorCode = reply.Error,
            GroupId = reply.GroupId,
            GroupState = reply.State,
            ProtocolType = reply.ProtocolType,
            ProtocolData = reply.ProtocolName,
        };
        if (reply.Error == ErrorCode.None && reply.State == "Dead" && context.ApiVersion >= 6)
        {
            group.ErrorCode = ErrorCode.GroupIdNotFound;
            group.ErrorMessage = $"Group {reply.GroupId} not found.";
        }

        if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None) group.AuthorizedOperations = AllOperations;
        foreach (var member in reply.Members)
        {
            group.Members.Add(new DescribeGroupsResponse.DescribedGroupMember
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                MemberMetadata = member.Metadata,
                MemberAssignment = member.Assignment,
            });
        }

        return group;
    }
}
