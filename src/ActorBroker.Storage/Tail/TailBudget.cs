namespace ActorBroker.Storage.Tail;

/// <summary>The memory that the tail caches of all partitions share, and the list of the caches that hold some of it.</summary>
internal sealed class TailBudget(StorageSettings settings)
{
    private readonly Lock _gate = new();
    private readonly HashSet<TailCache> _holders = [];
    private long _used;

    public long UsedBytes => Volatile.Read(ref _used);
    public long AgeMaxMs => settings.TailAgeMaxMs;
    public int PartitionMaxBytes => settings.TailBytesPerPartitionMax;

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= settings.TailBudgetBytes) return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Give(int bytes) => Interlocked.Add(ref _used, -bytes);

    public void Register(TailCache cache)
    {
        lock (_gate) _holders.Add(cache);
    }

    public void Unregister(TailCache cache)
    {
        lock (_gate) _holders.Remove(cache);
    }

    /// <summary>Drops what is too old in every cache; a background thread calls it every second or so.</summary>
    public void Sweep(long tickMs)
    {
        TailCache[] caches;
        lock (_gate) caches = [.. _holders];
        foreach (var cache in caches) cache.Sweep(tickMs);
    }
}
