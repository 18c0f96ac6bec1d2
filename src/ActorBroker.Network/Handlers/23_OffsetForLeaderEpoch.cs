using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Where a leader epoch ended (KIP-101, KIP-320): consumers check their position with it after a change of leaders.</summary>
public sealed class OffsetForLeaderEpochHandler(IPartitionDirectory partitions)
    : ApiHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(ApiKey.OffsetForLeaderEpoch, 2, 4)
{
    public override async ValueTask<OffsetForLeaderEpochResponse> HandleAsync(OffsetForLeaderEpochRequest request, RequestContext context)
    {
        var response = new OffsetForLeaderEpochResponse();
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = topic.Topic };
            foreach (var partition in topic.Partitions)
                answer.Partitions.Add(await FindAsync(context, topic.Topic, partition).ConfigureAwait(false));
            response.Topics.Add(answer);
        }

        return response;
    }

    private async ValueTask<OffsetForLeaderEpochResponse.EpochEndOffset> FindAsync(
        RequestContext context, string topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition partition)
    {
        var answer = new OffsetForLeaderEpochResponse.EpochEndOffset { Partition = partition.Partition };
        var leader = await LeaderLookup.FindAsync(partitions, context, topic, partition.Partition).ConfigureAwait(false);
        answer.ErrorCode = leader.Partition is null
            ? LeaderLookup.ErrorOf(partitions, topic, partition.Partition, partition.CurrentLeaderEpoch, leader.Error)
            : LeaderLookup.CheckEpoch(leader.Partition, partition.CurrentLeaderEpoch);
        if (answer.ErrorCode != ErrorCode.None) return answer;
        var end = leader.Partition!.FindEpochEndOffset(partition.LeaderEpoch);
        answer.LeaderEpoch = end.LeaderEpoch;
        answer.EndOffset = end.EndOffset;
        return answer;
    }
}
