using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// A scheduler whose time only moves when a test advances it: <c>akka.scheduler.implementation = "Akka.TestKit.TestScheduler,
/// Akka.TestKit"</c>. What falls due runs on the test's thread, in the order of its time; what was scheduled first runs first
/// among equal times.
/// </summary>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Entry, (DateTimeOffset Due, long Order)> _entries = new();
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private DateTimeOffset _now;
    private long _order;

    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
        _now = _start;
    }

    public DateTimeOffset Now => _now;

    public TimeSpan MonotonicClock => _now - _start;

    public TimeSpan HighResMonotonicClock => _now - _start;

    public IAdvancedScheduler Advanced => this;

    protected DateTimeOffset TimeNow => _now;

    /// <summary>Moves the time and runs what has fallen due. What a run schedules within that time runs at the next call.</summary>
    public void Advance(TimeSpan offset)
    {
        var due = new List<Entry>();
        lock (_lock)
        {
            _now += offset;
            while (_entries.TryPeek(out var next, out var at) && at.Due <= _now)
                due.Add(_entries.Dequeue());
        }
        foreach (var entry in due)
        {
            if (entry.Cancelable?.IsCancellationRequested == true)
                continue;
            entry.Run();
            if (entry.Interval is { } interval)
                Add(interval, entry);
        }
    }

    public void AdvanceTo(DateTimeOffset when)
    {
        if (when < _now)
            throw new InvalidOperationException($"The time is {_now}; it does not go back to {when}");
        Advance(when - _now);
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Add(delay, new Entry(() => receiver.Tell(message, sender), null, cancelable));

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Add(initialDelay, new Entry(() => receiver.Tell(message, sender), interval, cancelable));

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Add(delay, new Entry(action, null, cancelable));

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Add(initialDelay, new Entry(action, interval, cancelable));

    private void Add(TimeSpan delay, Entry entry)
    {
        lock (_lock)
            _entries.Enqueue(entry, (_now + delay, _order++));
    }

    private sealed record Entry(Action Run, TimeSpan? Interval, ICancelable? Cancelable);
}
