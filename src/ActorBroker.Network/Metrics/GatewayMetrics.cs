using ActorBroker.Protocol;

namespace ActorBroker.Network.Metrics;

/// <summary>
/// The gateway's counters: plain longs that only grow, for whoever publishes them. Produce and Fetch count one failure per partition, as
/// Kafka's <c>failedproducerequests</c> and <c>failedfetchrequests</c> do.
/// </summary>
public sealed class GatewayMetrics
{
    private readonly ApiCounters[] _apis = CreateCounters();
    private long _bytesReceived;
    private long _bytesSent;
    private long _accepted;
    private long _closed;
    private long _refused;
    private long _faulted;
    private long _batchesProduced;
    private long _recordsProduced;
    private long _bytesProduced;
    private long _bytesFetched;
    private long _coldReads;

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public long BytesSent => Volatile.Read(ref _bytesSent);

    public long ConnectionsAccepted => Volatile.Read(ref _accepted);

    public long ConnectionsClosed => Volatile.Read(ref _closed);

    /// <summary>Connections that are open now.</summary>
    public long Connections => ConnectionsAccepted - ConnectionsClosed;

    /// <summary>Connections closed at once because a limit of connections was reached.</summary>
    public long ConnectionsRefused => Volatile.Read(ref _refused);

    /// <summary>Connections closed for what their peer sent or failed to do.</summary>
    public long ConnectionsFaulted => Volatile.Read(ref _faulted);

    public long BatchesProduced => Volatile.Read(ref _batchesProduced);

    public long RecordsProduced => Volatile.Read(ref _recordsProduced);

    public long BytesProduced => Volatile.Read(ref _bytesProduced);

    public long BytesFetched => Volatile.Read(ref _bytesFetched);

    /// <summary>Reads that had to wait for the disk.</summary>
    public long ColdReads => Volatile.Read(ref _coldReads);

    public ApiCounters Api(ApiKey key) => _apis[(short)key];

    internal void Received(long bytes) => Interlocked.Add(ref _bytesReceived, bytes);

    internal void Sent(long bytes) => Interlocked.Add(ref _bytesSent, bytes);

    internal void Accepted() => Interlocked.Increment(ref _accepted);

    internal void Closed() => Interlocked.Increment(ref _closed);

    internal void Refused() => Interlocked.Increment(ref _refused);

    internal long Faulted() => Interlocked.Increment(ref _faulted);

    internal void Produced(long batches, long records, long bytes)
    {
        Interlocked.Add(ref _batchesProduced, batches);
        Interlocked.Add(ref _recordsProduced, records);
        Interlocked.Add(ref _bytesProduced, bytes);
    }

    internal void Fetched(long bytes) => Interlocked.Add(ref _bytesFetched, bytes);

    internal void ColdRead() => Interlocked.Increment(ref _coldReads);

    private static ApiCounters[] CreateCounters()
    {
        var counters = new ApiCounters[ApiCatalog.All.Count];
        for (var i = 0; i < counters.Length; i++) counters[i] = new ApiCounters();
        return counters;
    }
}
