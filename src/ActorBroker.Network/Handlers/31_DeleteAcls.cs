using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>There is no authorizer: nothing can be deleted, which every filter is told.</summary>
public sealed class DeleteAclsHandler() : ApiHandler<DeleteAclsRequest, DeleteAclsResponse>(ApiKey.DeleteAcls, 1, 3)
{
    public override ValueTask<DeleteAclsResponse> HandleAsync(DeleteAclsRequest request, RequestContext context) => new(new DeleteAclsResponse
    {
        FilterResults =
        [
            .. request.Filters.Select(_ => new DeleteAclsResponse.DeleteAclsFilterResult
            {
                ErrorCode = ErrorCode.SecurityDisabled, ErrorMessage = CreateAclsHandler.NoAuthorizer,
            }),
        ],
    });
}
