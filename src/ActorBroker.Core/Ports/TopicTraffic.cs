namespace ActorBroker.Core.Ports;

/// <summary>
/// What clients moved through one topic on this node: counters that only grow, shared by the topic's partitions (Kafka's
/// <c>BrokerTopicMetrics</c>). The gateway counts, whoever publishes metrics reads.
/// </summary>
public sealed class TopicTraffic
{
    /// <summary>Takes what belongs to no topic, for partitions that keep no counters.</summary>
    public static readonly TopicTraffic Unattributed = new();

    private long _recordsIn;
    private long _bytesIn;
    private long _bytesOut;
    private long _produceRequests;
    private long _fetchRequests;
    private long _failedProduceRequests;
    private long _failedFetchRequests;

    public long RecordsIn => Volatile.Read(ref _recordsIn);

    public long BytesIn => Volatile.Read(ref _bytesIn);

    public long BytesOut => Volatile.Read(ref _bytesOut);

    public long ProduceRequests => Volatile.Read(ref _produceRequests);

    public long FetchRequests => Volatile.Read(ref _fetchRequests);

    public long FailedProduceRequests => Volatile.Read(ref _failedProduceRequests);

    public long FailedFetchRequests => Volatile.Read(ref _failedFetchRequests);

    public void Produced(int records, int bytes)
    {
        Interlocked.Increment(ref _produceRequests);
        Interlocked.Add(ref _recordsIn, records);
        Interlocked.Add(ref _bytesIn, bytes);
    }

    public void Fetched(int bytes)
    {
        Interlocked.Increment(ref _fetchRequests);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    public void FailedProduce()
    {
        Interlocked.Increment(ref _produceRequests);
        Interlocked.Increment(ref _failedProduceRequests);
    }

    public void FailedFetch()
    {
        Interlocked.Increment(ref _fetchRequests);
        Interlocked.Increment(ref _failedFetchRequests);
    }
}
