namespace ActorBroker.Network.Connections;

/// <summary>
/// Deadlines of waiting requests: a hashed wheel with intrusive entries, O(1) to add and to cancel, no allocation and no timer per entry.
/// An entry hangs in the bucket of its due tick; one that is due a whole turn later stays there until its turn comes. The clock only ticks
/// while entries wait, so an idle node does not wake up. Entries fire up to one tick late, never early, on a thread of the pool.
/// </summary>
internal sealed class TimingWheel : IDisposable
{
    private const int Buckets = 512;
    private const int TickMs = 8;

    private readonly Lock _lock = new();
    private readonly WheelEntry?[] _buckets = new WheelEntry?[Buckets];
    private readonly Timer _timer;
    private readonly Func<long> _now;
    private readonly List<WheelEntry> _due = [];
    private long _tick;
    private int _count;
    private bool _ticking;
    private int _firing;

    public TimingWheel()
        : this(() => Environment.TickCount64)
    {
    }

    internal TimingWheel(Func<long> monotonicMs)
    {
        _now = monotonicMs;
        _tick = monotonicMs() / TickMs;
        _timer = new Timer(static state => ((TimingWheel)state!).OnTick(), this, Timeout.Infinite, Timeout.Infinite);
    }

    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>
    /// Calls the entry's <see cref="WheelEntry.OnDue"/> once after <paramref name="delayMs"/>, unless it is cancelled before.
    /// </summary>
    public void Add(WheelEntry entry, long delayMs)
    {
        lock (_lock)
        {
            if (entry.IsQueued) throw new InvalidOperationException("The entry waits already.");
            var now = _now();
            if (_count == 0) _tick = now / TickMs;
            entry.DueTick = (now + Math.Max(0, delayMs) + TickMs - 1) / TickMs;
            if (entry.DueTick <= _tick) entry.DueTick = _tick + 1;
            Link(entry);
            if (_ticking) return;
            _ticking = true;
            _timer.Change(TickMs, TickMs);
        }
    }

    /// <summary>False when the entry fires or has fired; its <see cref="WheelEntry.OnDue"/> may then still come.</summary>
    public bool Cancel(WheelEntry entry)
    {
        lock (_lock)
        {
            if (!entry.IsQueued) return false;
            Unlink(entry);
            return true;
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>
    /// Fires what is due. Entries are called outside the lock, so that they may add and cancel, but never by two ticks at once: an entry
    /// that was added again meanwhile must not stand in two lists.
    /// </summary>
    internal void OnTick()
    {
        if (Interlocked.Exchange(ref _firing, 1) != 0) return;
        lock (_lock)
        {
            var target = _now() / TickMs;
            for (var turns = 0; _tick < target && turns < Buckets; turns++) TakeDue(++_tick, target);
            _tick = Math.Max(_tick, target);
            if (_count == 0 && _ticking)
            {
                _ticking = false;
                _timer.Change(Timeout.Infinite, Timeout.Infinite);
            }
        }

        foreach (var entry in _due) entry.OnDue();
        _due.Clear();
        Volatile.Write(ref _firing, 0);
    }

    private void TakeDue(long tick, long target)
    {
        var entry = _buckets[tick % Buckets];
        while (entry is not null)
        {
            var next = entry.Next;
            if (entry.DueTick <= target)
            {
                Unlink(entry);
                _due.Add(entry);
            }

            entry = next;
        }
    }

    private void Link(WheelEntry entry)
    {
        ref var head = ref _buckets[entry.DueTick % Buckets];
        entry.Previous = null;
        entry.Next = head;
        if (head is not null) head.Previous = entry;
        head = entry;
        entry.IsQueued = true;
        _count++;
    }

    private void Unlink(WheelEntry entry)
    {
        if (entry.Previous is null) _buckets[entry.DueTick % Buckets] = entry.Next;
        else entry.Previous.Next = entry.Next;
        if (entry.Next is not null) entry.Next.Previous = entry.Previous;
        entry.Next = entry.Previous = null;
        entry.IsQueued = false;
        _count--;
    }
}
