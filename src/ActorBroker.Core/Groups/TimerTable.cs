namespace ActorBroker.Core.Groups;

/// <summary>
/// The running timers of a group as deadlines, so that a shell needs one real timer for all of them: armed for <see
/// cref="NextDeadlineMs"/>, it calls <see cref="TryTakeDue"/> until that says no. Moving a timer further ahead, as every heartbeat does,
/// touches a dictionary and nothing else: the queue keeps the earlier time and puts the timer back when that comes. A timer that was
/// moved or cancelled before it is taken never fires. Milliseconds of a monotonic clock.
/// </summary>
public sealed class TimerTable
{
    private readonly Dictionary<GroupTimer, Entry> _running = [];
    private readonly PriorityQueue<GroupTimer, (long DueMs, long Order)> _queue = new();
    private long _order;

    public int Count => _running.Count;

    /// <summary>Not later than the earliest deadline; null when nothing runs.</summary>
    public long? NextDeadlineMs => _queue.TryPeek(out _, out var next) ? next.DueMs : null;

    public void Start(GroupTimer timer, long dueMs)
    {
        var queuedMs = _running.TryGetValue(timer, out var entry) ? entry.QueuedMs : long.MaxValue;
        if (dueMs < queuedMs)
        {
            queuedMs = dueMs;
            _queue.Enqueue(timer, (dueMs, _order++));
        }

        _running[timer] = new Entry(dueMs, queuedMs);
    }

    public void Cancel(GroupTimer timer) => _running.Remove(timer);

    public void Clear()
    {
        _running.Clear();
        _queue.Clear();
    }

    /// <summary>Takes one timer whose time has come.</summary>
    public bool TryTakeDue(long nowMs, out GroupTimer timer)
    {
        while (_queue.TryPeek(out timer, out var next))
        {
            var isRunning = _running.TryGetValue(timer, out var entry) && entry.QueuedMs == next.DueMs;
            if (isRunning && next.DueMs > nowMs) return false;
            _queue.Dequeue();
            if (!isRunning) continue;
            if (entry.DueMs <= nowMs)
            {
                _running.Remove(timer);
                return true;
            }

            _running[timer] = new Entry(entry.DueMs, entry.DueMs);
            _queue.Enqueue(timer, (entry.DueMs, _order++));
        }

        timer = default;
        return false;
    }

    private readonly record struct Entry(long DueMs, long QueuedMs);
}
