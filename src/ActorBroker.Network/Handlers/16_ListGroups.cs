using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>The groups that this node coordinates, by state (version 4, KIP-518) and type (version 5, KIP-848) if asked.</summary>
public sealed class ListGroupsHandler(IGroupCoordinator coordinator)
    : ApiHandler<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups, 0, 5)
{
    public override async ValueTask<ListGroupsResponse> HandleAsync(ListGroupsRequest request, RequestContext context)
    {
        var query = new ListGroups([.. request.StatesFilter], [.. request.TypesFilter]);
        var reply = await coordinator.ListAsync(query, context.Cancel).ConfigureAwait(false);
        var response = new ListGroupsResponse { ErrorCode = reply.Error };
        foreach (var group in reply.Groups)
        {
            response.Groups.Add(new ListGroupsResponse.ListedGroup
            {
                GroupId = group.GroupId,
                ProtocolType = group.ProtocolType,
                GroupState = group.State,
                GroupType = group.Type,
            });
        }

        return response;
    }
}
