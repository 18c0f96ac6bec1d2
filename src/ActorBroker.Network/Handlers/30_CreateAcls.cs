using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>There is no authorizer: nothing can be created, which every entry is told.</summary>
public sealed class CreateAclsHandler() : ApiHandler<CreateAclsRequest, CreateAclsResponse>(ApiKey.CreateAcls, 1, 3)
{
    internal const string NoAuthorizer = "No Authorizer is configured.";

    public override ValueTask<CreateAclsResponse> HandleAsync(CreateAclsRequest request, RequestContext context) => new(new CreateAclsResponse
    {
        Results =
        [
            .. request.Creations.Select(_ => new CreateAclsResponse.AclCreationResult
            {
                ErrorCode = ErrorCode.SecurityDisabled, ErrorMessage = NoAuthorizer,
            }),
        ],
    });
}
