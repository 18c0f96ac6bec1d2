using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Begins and cancels moves of replicas (KIP-455). Answered when the moves have begun; how they go on is seen in the metadata and by
/// ListPartitionReassignments. Version 0 always lets the number of replicas change, version 1 says whether it may (KIP-860).
/// </summary>
public sealed class AlterPartitionReassignmentsHandler(AdminServices services)
    : ApiHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>(ApiKey.AlterPartitionReassignments, 0, 1)
{
    public override async ValueTask<AlterPartitionReassignmentsResponse> HandleAsync(
        AlterPartitionReassignmentsRequest request, RequestContext context)
    {
        var wanted = ImmutableArray.CreateBuilder<PartitionToReassign>();
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions)
                wanted.Add(new PartitionToReassign(topic.Name, partition.PartitionIndex, partition.Replicas?.ToImmutableArray() ?? default));
        }

        var response = new AlterPartitionReassignmentsResponse { AllowReplicationFactorChange = request.AllowReplicationFactorChange };
        var command = new AlterReassignments(wanted.ToImmutable(), request.AllowReplicationFactorChange);
        var answer = await services.Controller.SubmitAsync(command, AdminServices.Limit(request.TimeoutMs), context.Cancel)
            .ConfigureAwait(false);
        if (answer.Reply is null)
        {
            response.ErrorCode = answer.Error.Code;
            response.ErrorMessage = answer.Error.Text;
            return response;
        }

        // An answer to an empty request is Kafka's early return, which leaves the text as it is; all others say null.
        if (request.Topics.Count > 0) response.ErrorMessage = null;
        var next = 0;
        foreach (var topic in request.Topics)
        {
            var result = new AlterPartitionReassignmentsResponse.ReassignableTopicResponse { Name = topic.Name };
            foreach (var partition in topic.Partitions)
            {
                var error = answer.Reply.Partitions[next++].Error;
                result.Partitions.Add(new AlterPartitionReassignmentsResponse.ReassignablePartitionResponse
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = error.Code,
                    ErrorMessage = error.Code == ErrorCode.NoReassignmentInProgress ? null : error.Text,
                });
            }

            response.Responses.Add(result);
        }

        return response;
    }
}
