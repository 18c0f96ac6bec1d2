namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>What a node's followers have written. Any thread may be in it.</summary>
internal sealed class ReplicatedTraffic
{
    private long _inSyncBytes;

    /// <summary>Bytes that replicas wrote which were level with their leader's watermark then, since the start.</summary>
    public long InSyncBytes => Volatile.Read(ref _inSyncBytes);

    public void WroteInSync(int bytes) => Interlocked.Add(ref _inSyncBytes, bytes);
}
