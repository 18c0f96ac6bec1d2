using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Takes a voter out of the metadata quorum (KIP-853); any node may be asked. Its node stays in the cluster.</summary>
public sealed class RemoveRaftVoterHandler(AdminServices services)
    : ApiHandler<RemoveRaftVoterRequest, RemoveRaftVoterResponse>(ApiKey.RemoveRaftVoter, 0, 0)
{
    public override async ValueTask<RemoveRaftVoterResponse> HandleAsync(RemoveRaftVoterRequest request, RequestContext context)
    {
        var error = await RemoveAsync(request, context).ConfigureAwait(false);
        return new RemoveRaftVoterResponse { ErrorCode = error.Code, ErrorMessage = error.Text };
    }

    private async ValueTask<KafkaError> RemoveAsync(RemoveRaftVoterRequest request, RequestContext context)
    {
        if (request.ClusterId is { } cluster && cluster != context.Metadata.ClusterId) return ErrorCode.InconsistentClusterId;
        if (services.Voters is null) return new KafkaError(ErrorCode.InvalidRequest, "This node stands alone: it is its own quorum.");
        return await services.Voters.RemoveAsync(request.VoterId, request.VoterDirectoryId, context.Cancel).ConfigureAwait(false);
    }
}
