using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>Offset and timestamp of one record as ListOffsets gives them; offset -1 when no record matched.</summary>
internal readonly record struct FoundOffset(long Offset, long TimestampMs);

/// <summary>Finds offsets by timestamp or special timestamp, one request per leader, again for those whose leader had moved.</summary>
internal static class OffsetCalls
{
    public const long Latest = -1;
    public const long Earliest = -2;
    public const long MaxTimestamp = -3;

    public static async Task<Dictionary<TopicPartition, FoundOffset>> FindOffsetsAsync(
        this KafkaClient client, IEnumerable<TopicPartition> partitions, long timestampMs, CancellationToken cancel, sbyte isolation = 0)
    {
        var found = new Dictionary<TopicPartition, FoundOffset>();
        var missing = partitions.ToHashSet();
        await RetryLoop.RunAsync(
            client.Settings,
            async limit =>
            {
                await AskLeadersAsync(client, missing, timestampMs, isolation, found, limit).ConfigureAwait(false);
                return true;
            },
            client.ForgetAsync,
            cancel).ConfigureAwait(false);
        return found;
    }

    private static async Task AskLeadersAsync(KafkaClient client, HashSet<TopicPartition> missing, long timestampMs, sbyte isolation,
        Dictionary<TopicPartition, FoundOffset> found, CancellationToken cancel)
    {
        var byLeader = new Dictionary<int, List<TopicPartition>>();
        foreach (var at in missing)
        {
            var leader = await client.LeaderAsync(at, cancel).ConfigureAwait(false);
            if (!byLeader.TryGetValue(leader, out var list)) byLeader[leader] = list = [];
            list.Add(at);
        }

        foreach (var (leader, list) in byLeader)
        {
            var connection = await client.BrokerAsync(leader, "", cancel).ConfigureAwait(false);
            var request = new ListOffsetsRequest { ReplicaId = -1, IsolationLevel = isolation };
            foreach (var topic in list.GroupBy(at => at.Topic, StringComparer.Ordinal))
            {
                request.Topics.Add(new()
                {
                    Name = topic.Key,
                    Partitions = [.. topic.Select(at => new ListOffsetsRequest.ListOffsetsPartition
                    {
                        PartitionIndex = at.Partition, Timestamp = timestampMs,
                    })],
                });
            }

            var response = await connection.CallAsync<ListOffsetsResponse>(ApiKey.ListOffsets, request, cancel).ConfigureAwait(false);
            Take(response, missing, found);
        }
    }

    private static void Take(ListOffsetsResponse response, HashSet<TopicPartition> missing, Dictionary<TopicPartition, FoundOffset> found)
    {
        KafkaErrorException? failure = null;
        foreach (var topic in response.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                var at = new TopicPartition(topic.Name, partition.PartitionIndex);
                if (partition.ErrorCode != ErrorCode.None)
                {
                    failure = new KafkaErrorException(partition.ErrorCode, $"offsets of {at}", null);
                    continue;
                }

                found[at] = new FoundOffset(partition.Offset, partition.Timestamp);
                missing.Remove(at);
            }
        }

        if (failure is not null) throw failure;
    }
}
