namespace ActorBroker.Network.Metrics;

/// <summary>What happened to the requests of one API. Plain counters that only grow; read without locks.</summary>
public sealed class ApiCounters
{
    private long _requests;
    private long _failed;
    private long _totalTimeMicros;

    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that ended with an error in at least one of their parts, or closed their connection.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Microseconds from the whole request received to the response sent, summed up.</summary>
    public long TotalTimeMicros => Volatile.Read(ref _totalTimeMicros);

    internal void Started() => Interlocked.Increment(ref _requests);

    internal void Fail() => Interlocked.Increment(ref _failed);

    internal void Took(long micros) => Interlocked.Add(ref _totalTimeMicros, micros);
}
