using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Makes the node that is asked a voter of the metadata quorum (KIP-853). Unlike Kafka's, a node adds only itself: it has the id of its
/// voter's file and its address for other nodes at hand, so the request's directory and listeners are not needed. Answered when the new
/// voters are decided and have the logs.
/// </summary>
public sealed class AddRaftVoterHandler(AdminServices services)
    : ApiHandler<AddRaftVoterRequest, AddRaftVoterResponse>(ApiKey.AddRaftVoter, 0, 1)
{
    public override async ValueTask<AddRaftVoterResponse> HandleAsync(AddRaftVoterRequest request, RequestContext context)
    {
        var error = await AddAsync(request, context).ConfigureAwait(false);
        return new AddRaftVoterResponse { ErrorCode = error.Code, ErrorMessage = error.Text };
    }

    private async ValueTask<KafkaError> AddAsync(AddRaftVoterRequest request, RequestContext context)
    {
        if (request.ClusterId is { } cluster && cluster != context.Metadata.ClusterId) return ErrorCode.InconsistentClusterId;
        if (services.Voters is null) return new KafkaError(ErrorCode.InvalidRequest, "This node stands alone: it is its own quorum.");
        if (request.VoterId != services.NodeId)
            return new KafkaError(ErrorCode.InvalidRequest, $"Ask node {request.VoterId} itself to become a voter; this is node {services.NodeId}.");
        return await services.Voters.AddSelfAsync(context.Cancel).ConfigureAwait(false);
    }
}
