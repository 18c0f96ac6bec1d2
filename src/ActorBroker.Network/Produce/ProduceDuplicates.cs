using System.Text;

namespace ActorBroker.Network.Produce;

/// <summary>
/// Partitions that a request names twice. No client does that on purpose; Kafka appends what stands last and answers once, and so do we.
/// The look for them costs next to nothing where partitions ascend within a topic and there is one topic, as most producers send.
/// </summary>
internal static class ProduceDuplicates
{
    private const int TopicsOnStack = 64;

    /// <summary>False when nothing is named twice; true when it may be.</summary>
    public static bool MayHave(ProduceOperation operation)
    {
        var topics = operation.Topics;
        for (var t = 0; t < topics.Count; t++)
        {
            var topic = topics[t];
            for (var p = topic.FirstPartition + 1; p < topic.FirstPartition + topic.PartitionCount; p++)
                if (operation[p].PartitionIndex <= operation[p - 1].PartitionIndex) return true;
        }

        if (topics.Count <= 1) return false;
        if (topics.Count > TopicsOnStack) return true;
        Span<int> seen = stackalloc int[topics.Count];
        for (var t = 0; t < topics.Count; t++)
        {
            var hash = HashOf(operation, topics[t]);
            if (seen[..t].Contains(hash)) return true;
            seen[t] = hash;
        }

        return false;
    }

    /// <summary>Leaves each partition once, with its last records.</summary>
    public static void Drop(ProduceOperation operation)
    {
        var places = new Dictionary<string, (ProduceTopic Topic, Dictionary<int, ProduceAppend> Partitions)>(StringComparer.Ordinal);
        var total = 0;
        foreach (var topic in operation.Topics)
        {
            var key = operation.Version >= 13 ? topic.Id.ToString() : Encoding.Latin1.GetString(operation.NameOf(topic));
            if (!places.TryGetValue(key, out var place)) places[key] = place = (topic, []);
            for (var p = topic.FirstPartition; p < topic.FirstPartition + topic.PartitionCount; p++)
            {
                total++;
                place.Partitions[operation[p].PartitionIndex] = operation[p];
            }
        }

        if (places.Values.Sum(place => place.Partitions.Count) == total && places.Count == operation.Topics.Count) return;
        var topics = new List<ProduceTopic>(places.Count);
        var kept = new List<ProduceAppend>();
        foreach (var (topic, partitions) in places.Values)
        {
            topics.Add(topic with { FirstPartition = kept.Count, PartitionCount = partitions.Count });
            kept.AddRange(partitions.Values);
        }

        operation.Rearrange(topics, kept);
    }

    private static int HashOf(ProduceOperation operation, in ProduceTopic topic)
    {
        if (operation.Version >= 13) return topic.Id.GetHashCode();
        var hash = default(HashCode);
        hash.AddBytes(operation.NameOf(topic));
        return hash.ToHashCode();
    }
}
