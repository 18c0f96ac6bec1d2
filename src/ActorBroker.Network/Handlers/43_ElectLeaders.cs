using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Gives leadership back to preferred replicas, or lets one that is behind lead (KIP-460). Null asks for all partitions; every topic is then
/// named, and its partitions that need no election are not, as with Kafka.
/// </summary>
public sealed class ElectLeadersHandler(AdminServices services)
    : ApiHandler<ElectLeadersRequest, ElectLeadersResponse>(ApiKey.ElectLeaders, 0, 2)
{
    private const sbyte Unclean = 1;

    public override async ValueTask<ElectLeadersResponse> HandleAsync(ElectLeadersRequest request, RequestContext context)
    {
        var response = new ElectLeadersResponse();
        if (request.ElectionType is not (0 or Unclean))
            return Unknown(request);

        var isAll = request.TopicPartitions is null;
        var wanted = request.TopicPartitions?.Select(topic => (topic.Topic, (IEnumerable<int>)topic.Partitions))
            ?? context.Metadata.Topics.Values.Select(topic => (topic.Name, NotAtHome(topic)));
        foreach (var (topic, partitions) in wanted)
        {
            var result = new ElectLeadersResponse.ReplicaElectionResult { Topic = topic };
            // Asked for together, the elections share one write of the controller's.
            var asked = partitions.Select(partition => (partition, ElectAsync(request, context, topic, partition).AsTask())).ToArray();
            foreach (var (partition, election) in asked)
            {
                var error = await election.ConfigureAwait(false);
                if (isAll && error.Code == ErrorCode.ElectionNotNeeded) continue;
                result.PartitionResult.Add(new ElectLeadersResponse.PartitionResult
                {
                    PartitionId = partition, ErrorCode = error.Code, ErrorMessage = error.Text,
                });
            }

            response.ReplicaElectionResults.Add(result);
        }

        return response;
    }

    private static ElectLeadersResponse Unknown(ElectLeadersRequest request)
    {
        var response = new ElectLeadersResponse { ErrorCode = ErrorCode.InvalidRequest };
        foreach (var topic in request.TopicPartitions ?? [])
        {
            var result = new ElectLeadersResponse.ReplicaElectionResult { Topic = topic.Topic };
            foreach (var partition in topic.Partitions)
            {
                result.PartitionResult.Add(new ElectLeadersResponse.PartitionResult
                {
                    PartitionId = partition,
                    ErrorCode = ErrorCode.InvalidRequest,
                    ErrorMessage = $"Unknown election type {request.ElectionType}",
                });
            }

            response.ReplicaElectionResults.Add(result);
        }

        return response;
    }

    /// <summary>The partitions that their preferred replica does not lead.</summary>
    private static IEnumerable<int> NotAtHome(TopicImage topic) =>
        Enumerable.Range(0, topic.Partitions.Length).Where(i => topic.Partitions[i].Leader != topic.Partitions[i].Replicas[0]);

    private async ValueTask<KafkaError> ElectAsync(ElectLeadersRequest request, RequestContext context, string topic, int partition)
    {
        var command = new ElectLeader(topic, partition, request.ElectionType == Unclean);
        var limit = AdminServices.Limit(request.TimeoutMs);
        var answer = await services.Controller.SubmitAsync(command, limit, context.Cancel).ConfigureAwait(false);
        return answer.Reply?.Error ?? answer.Error;
    }
}
