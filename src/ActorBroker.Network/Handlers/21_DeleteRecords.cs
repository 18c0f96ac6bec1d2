using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Moves log starts (R46); a partition is answered when every replica that is up has followed, or with REQUEST_TIMED_OUT. Internal topics are
/// refused with 17, topics that are only compacted with 44.
///
/// The client's limit is for the replicas: what the leader does itself, or refuses, it says also to who gives it no time at all, as in
/// Kafka. The leader's actor has its turn for that.
/// </summary>
public sealed class DeleteRecordsHandler(IPartitionDirectory partitions)
    : ApiHandler<DeleteRecordsRequest, DeleteRecordsResponse>(ApiKey.DeleteRecords, 0, 2)
{
    private static readonly TimeSpan LeaderTurn = TimeSpan.FromSeconds(1);

    public override async ValueTask<DeleteRecordsResponse> HandleAsync(DeleteRecordsRequest request, RequestContext context)
    {
        var response = new DeleteRecordsResponse();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        var patience = AdminServices.Limit(request.TimeoutMs);
        limit.CancelAfter(patience > LeaderTurn ? patience : LeaderTurn);
        var deletions = new List<(DeleteRecordsResponse.DeleteRecordsTopicResult Topic, int Partition, Task<DeleteRecordsResult> Result)>();
        foreach (var topic in request.Topics)
        {
            var answer = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = topic.Name };
            // Of a partition that is named twice the last wish counts, and it is answered once.
            foreach (var partition in topic.Partitions.GroupBy(partition => partition.PartitionIndex).Select(same => same.Last()))
                deletions.Add((answer, partition.PartitionIndex, DeleteAsync(context, topic.Name, partition, limit.Token)));

            response.Topics.Add(answer);
        }

        foreach (var (topic, partition, deletion) in deletions)
        {
            var result = await deletion.ConfigureAwait(false);
            topic.Partitions.Add(new DeleteRecordsResponse.DeleteRecordsPartitionResult
            {
                PartitionIndex = partition, ErrorCode = result.Error, LowWatermark = result.LowWatermark,
            });
        }

        return response;
    }

    private async Task<DeleteRecordsResult> DeleteAsync(
        RequestContext context, string topic, DeleteRecordsRequest.DeleteRecordsPartition partition, CancellationToken limit)
    {
        var leader = await LeaderLookup.FindAsync(partitions, context, topic, partition.PartitionIndex).ConfigureAwait(false);
        if (leader.Partition is null) return new DeleteRecordsResult(leader.Error, -1);
        if (InternalTopics.Contains(topic)) return new DeleteRecordsResult(ErrorCode.InvalidTopicException, -1);
        if (leader.Partition.Settings is { IsCompacted: true, IsDeleted: false })
            return new DeleteRecordsResult(ErrorCode.PolicyViolation, -1);
        try
        {
            return await leader.Partition.DeleteRecordsAsync(partition.Offset, limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.Cancel.IsCancellationRequested)
        {
            return new DeleteRecordsResult(ErrorCode.RequestTimedOut, -1);
        }
    }
}
