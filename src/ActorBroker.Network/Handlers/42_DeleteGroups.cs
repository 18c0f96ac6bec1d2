using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Deletes groups without members, their offsets included (KIP-229).</summary>
public sealed class DeleteGroupsHandler(IGroupCoordinator coordinator)
    : ApiHandler<DeleteGroupsRequest, DeleteGroupsResponse>(ApiKey.DeleteGroups, 0, 2)
{
    public override async ValueTask<DeleteGroupsResponse> HandleAsync(DeleteGroupsRequest request, RequestContext context)
    {
        var asked = request.GroupsNames
            .Distinct()
            .Select(group => (Group: group, Reply: coordinator.DeleteAsync(new DeleteGroup { GroupId = group }, context.Cancel).AsTask()))
            .ToList();
        var response = new DeleteGroupsResponse();
        foreach (var (group, task) in asked)
        {
            var reply = await task.ConfigureAwait(false);
            response.Results.Add(new DeleteGroupsResponse.DeletableGroupResult { GroupId = group, ErrorCode = reply.Error });
        }

        return response;
    }
}
