namespace ActorBroker.Core.Groups;

/// <summary>The committed offsets of one group by topic and partition. Changed by the machine's Apply alone.</summary>
internal sealed class OffsetTable
{
    private readonly Dictionary<string, SortedDictionary<int, CommittedOffset>> _topics = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    public IEnumerable<KeyValuePair<string, SortedDictionary<int, CommittedOffset>>> Topics => _topics;

    public SortedDictionary<int, CommittedOffset>? Topic(string topic) => _topics.GetValueOrDefault(topic);

    public bool TryGet(string topic, int partition, out CommittedOffset offset)
    {
        offset = default;
        return _topics.TryGetValue(topic, out var partitions) && partitions.TryGetValue(partition, out offset);
    }

    public void Set(string topic, int partition, CommittedOffset offset)
    {
        if (!_topics.TryGetValue(topic, out var partitions)) _topics[topic] = partitions = [];
        if (!partitions.ContainsKey(partition)) Count++;
        partitions[partition] = offset;
    }

    public void Remove(string topic, int partition)
    {
        if (!_topics.TryGetValue(topic, out var partitions) || !partitions.Remove(partition)) return;
        Count--;
        if (partitions.Count == 0) _topics.Remove(topic);
    }
}
