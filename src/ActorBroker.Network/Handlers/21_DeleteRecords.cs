using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Moves log starts (R46). Internal topics are refused with 17, topics that are only compacted with 44.</summary>
public sealed class DeleteRecordsHandler(IPartitionDirectory partitions)
    : ApiHandler<DeleteRecordsRequest, DeleteRecordsResponse>(ApiKey.DeleteRecords, 0, 2)
{
    public override async ValueTask<DeleteRecordsResponse> HandleAsync(DeleteRecordsRequest request, RequestContext context)
    {
        var response = new DeleteRecordsResponse();
        foreach (var topic in request.Topics)
        {
            var answer = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = topic.Name };
            // Of a partition that is named twice the last wish counts, and it is answered once.
            foreach (var partition in topic.Partitions.GroupBy(partition => partition.PartitionIndex).Select(same => same.Last()))
            {
                var result = await DeleteAsync(context, topic.Name, partition).ConfigureAwait(false);
                answer.Partitions.Add(new DeleteRecordsResponse.DeleteRecordsPartitionResult
                {
                    PartitionIndex = partition.PartitionIndex, ErrorCode = result.Error, LowWatermark = result.LowWatermark,
                });
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    private async ValueTask<DeleteRecordsResult> DeleteAsync(
        RequestContext context, string topic, DeleteRecordsRequest.DeleteRecordsPartition partition)
    {
        var leader = await LeaderLookup.FindAsync(partitions, context, topic, partition.PartitionIndex).ConfigureAwait(false);
        if (leader.Partition is null) return new DeleteRecordsResult(leader.Error, -1);
        if (InternalTopics.Contains(topic)) return new DeleteRecordsResult(ErrorCode.InvalidTopicException, -1);
        if (leader.Partition.Settings is { IsCompacted: true, IsDeleted: false })
            return new DeleteRecordsResult(ErrorCode.PolicyViolation, -1);
        return await leader.Partition.DeleteRecordsAsync(partition.Offset, context.Cancel).ConfigureAwait(false);
    }
}
