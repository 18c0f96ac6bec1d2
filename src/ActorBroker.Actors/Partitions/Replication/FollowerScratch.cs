using ActorBroker.Storage;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>The batches of one follower's turn on their way into one write, with the parts whose memory they lie in. One per thread.</summary>
internal sealed class FollowerScratch
{
    public const int BytesMax = 8 << 20;

    [ThreadStatic]
    private static FollowerScratch? t_current;

    private readonly List<ReplicaPart> _parts = [];
    private LogBatch[] _batches = new LogBatch[256];

    public static FollowerScratch Current => t_current ??= new FollowerScratch();

    public int Count { get; private set; }

    public int Bytes { get; private set; }

    public bool IsFull => Bytes >= BytesMax;

    public ReadOnlySpan<LogBatch> Batches => _batches.AsSpan(0, Count);

    /// <summary>The part's memory is needed until the write has ended.</summary>
    public void Hold(ReplicaPart part) => _parts.Add(part);

    public void Add(in LogBatch batch)
    {
        if (Count == _batches.Length) Array.Resize(ref _batches, 2 * Count);
        _batches[Count++] = batch;
        Bytes += batch.Length;
    }

    public void Clear()
    {
        Array.Clear(_batches, 0, Count);
        foreach (var part in _parts) part.Release();
        _parts.Clear();
        Count = 0;
        Bytes = 0;
    }
}
