using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// The reassignments under way (KIP-455): replicas are not moved yet, so there are none. Tools ask for it whenever they describe a topic.
/// </summary>
public sealed class ListPartitionReassignmentsHandler()
    : ApiHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(ApiKey.ListPartitionReassignments, 0, 0)
{
    public override ValueTask<ListPartitionReassignmentsResponse> HandleAsync(
        ListPartitionReassignmentsRequest request, RequestContext context) => new(new ListPartitionReassignmentsResponse());
}
