using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// The moves of replicas that are under way, from the image. Null asks for all; what does not exist or does not move is not mentioned.
/// </summary>
public sealed class ListPartitionReassignmentsHandler()
    : ApiHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(ApiKey.ListPartitionReassignments, 0, 0)
{
    public override ValueTask<ListPartitionReassignmentsResponse> HandleAsync(
        ListPartitionReassignmentsRequest request, RequestContext context)
    {
        var response = new ListPartitionReassignmentsResponse { ErrorMessage = null };
        if (request.Topics is null)
        {
            foreach (var topic in context.Metadata.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
                Add(response, topic, Enumerable.Range(0, topic.Partitions.Length));
        }
        else
        {
            foreach (var wanted in request.Topics)
                if (context.Metadata.Topics.TryGetValue(wanted.Name, out var topic)) Add(response, topic, wanted.PartitionIndexes);
        }

        return new ValueTask<ListPartitionReassignmentsResponse>(response);
    }

    private static void Add(ListPartitionReassignmentsResponse response, TopicImage topic, IEnumerable<int> partitions)
    {
        var ongoing = new ListPartitionReassignmentsResponse.OngoingTopicReassignment { Name = topic.Name };
        foreach (var index in partitions)
        {
            if ((uint)index >= (uint)topic.Partitions.Length || !topic.Partitions[index].IsReassigning) continue;
            var partition = topic.Partitions[index];
            ongoing.Partitions.Add(new ListPartitionReassignmentsResponse.OngoingPartitionReassignment
            {
                PartitionIndex = index,
                Replicas = [.. partition.Replicas],
                AddingReplicas = [.. partition.AddingReplicas],
                RemovingReplicas = [.. partition.RemovingReplicas],
            });
        }

        if (ongoing.Partitions.Count > 0) response.Topics.Add(ongoing);
    }
}
