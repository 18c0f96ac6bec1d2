namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>What happens next: by time, and at one time in the order of scheduling. A binary heap over one number.</summary>
internal sealed class EventQueue
{
    private const int OrderBits = 36;

    private (long Key, SimProcess? Owner, Action Action)[] _heap = new (long, SimProcess?, Action)[1_024];
    private long _order;

    public int Count { get; private set; }

    /// <summary>When the next thing happens; far away when nothing does.</summary>
    public long NextAtMs => Count == 0 ? long.MaxValue : _heap[0].Key >> OrderBits;

    public void Add(long atMs, SimProcess? owner, Action action)
    {
        if (Count == _heap.Length) Array.Resize(ref _heap, Count * 2);
        var item = ((atMs << OrderBits) | _order++, owner, action);
        var at = Count++;
        while (at > 0)
        {
            var parent = (at - 1) >> 1;
            if (_heap[parent].Key < item.Item1) break;
            _heap[at] = _heap[parent];
            at = parent;
        }
        _heap[at] = item;
    }

    public (SimProcess? Owner, Action Action) Take()
    {
        var (_, owner, action) = _heap[0];
        var last = _heap[--Count];
        _heap[Count] = default;
        if (Count > 0) Sink(last);
        return (owner, action);
    }

    private void Sink((long Key, SimProcess? Owner, Action Action) item)
    {
        var at = 0;
        while (true)
        {
            var child = (at << 1) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && _heap[child + 1].Key < _heap[child].Key) child++;
            if (item.Key < _heap[child].Key) break;
            _heap[at] = _heap[child];
            at = child;
        }
        _heap[at] = item;
    }
}
