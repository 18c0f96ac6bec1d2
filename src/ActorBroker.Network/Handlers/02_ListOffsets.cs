using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Offsets by timestamp (R49). Special timestamps that are too new for the request's version, and negative numbers without a meaning, get
/// UNSUPPORTED_VERSION for their partition. No matching record is no error: offset and timestamp are -1.
/// </summary>
public sealed class ListOffsetsHandler(IPartitionDirectory partitions)
    : ApiHandler<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 11)
{
    public override async ValueTask<ListOffsetsResponse> HandleAsync(ListOffsetsRequest request, RequestContext context)
    {
        var duplicates = Duplicates(request);
        var isolation = request.IsolationLevel == 1 ? ReadIsolation.ReadCommitted : ReadIsolation.ReadUncommitted;
        // Kafka trips over a level that there is not, and answers as for any failure of its own.
        var isFailed = request.IsolationLevel is < 0 or > 1;
        var response = new ListOffsetsResponse();
        foreach (var topic in request.Topics)
        {
            var answer = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = topic.Name };
            foreach (var partition in topic.Partitions)
            {
                if (duplicates?.Contains(new TopicPartition(topic.Name, partition.PartitionIndex)) == true) continue;
                var found = isFailed
                    ? Failed(ErrorCode.UnknownServerError)
                    : await FindAsync(context, topic.Name, partition, isolation).ConfigureAwait(false);
                answer.Partitions.Add(Describe(partition.PartitionIndex, found, context.ApiVersion));
            }

            AddDuplicates(answer, duplicates, context.ApiVersion);

            response.Topics.Add(answer);
        }

        return response;
    }

    /// <summary>What is asked for twice is answered once, with an error, behind the others.</summary>
    private static void AddDuplicates(ListOffsetsResponse.ListOffsetsTopicResponse answer, HashSet<TopicPartition>? duplicates, short version)
    {
        foreach (var duplicate in duplicates ?? [])
        {
            if (duplicate.Topic != answer.Name) continue;
            answer.Partitions.Add(Describe(duplicate.Partition, Failed(ErrorCode.InvalidRequest), version));
            duplicates!.Remove(duplicate);
        }
    }

    private static OffsetLookup Failed(ErrorCode error) => new(error, -1, -1, -1);

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Describe(int index, in OffsetLookup found, short version) => new()
    {
        PartitionIndex = index,
        ErrorCode = found.Error == ErrorCode.OffsetNotAvailable && version < 5 ? ErrorCode.LeaderNotAvailable : found.Error,
        Timestamp = found.TimestampMs,
        Offset = found.Offset,
        LeaderEpoch = version >= 4 ? found.LeaderEpoch : -1,
    };

    private static bool IsKnown(long timestamp, short version) => timestamp switch
    {
        >= -2 => true,
        -3 => version >= 7,
        -4 => version >= 8,
        -5 => version >= 9,
        -6 => version >= 11,
        _ => false,
    };

    private static HashSet<TopicPartition>? Duplicates(ListOffsetsRequest request)
    {
        var seen = new HashSet<TopicPartition>();
        HashSet<TopicPartition>? duplicates = null;
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                var key = new TopicPartition(topic.Name, partition.PartitionIndex);
                if (!seen.Add(key)) (duplicates ??= []).Add(key);
            }
        }

        return duplicates;
    }

    private async ValueTask<OffsetLookup> FindAsync(
        RequestContext context, string topic, ListOffsetsRequest.ListOffsetsPartition partition, ReadIsolation isolation)
    {
        if (!IsKnown(partition.Timestamp, context.ApiVersion)) return Failed(ErrorCode.UnsupportedVersion);
        var leader = await LeaderLookup.FindAsync(partitions, context, topic, partition.PartitionIndex).ConfigureAwait(false);
        if (leader.Partition is null)
            return Failed(LeaderLookup.ErrorOf(partitions, topic, partition.PartitionIndex, partition.CurrentLeaderEpoch, leader.Error));
        var epoch = LeaderLookup.CheckEpoch(leader.Partition, partition.CurrentLeaderEpoch);
        if (epoch != ErrorCode.None) return Failed(epoch);
        return await leader.Partition.FindOffsetAsync(partition.Timestamp, isolation, context.Cancel).ConfigureAwait(false);
    }
}
