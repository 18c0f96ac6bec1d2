namespace Akka.Actor;

/// <summary>
/// Timers of one incarnation. A timer's message carries its generation, so that one which was in the mailbox already when
/// its timer was cancelled or replaced is dropped: after Cancel nothing of it arrives.
/// </summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private Dictionary<object, TimerMessage>? _timers;

    public IReadOnlyCollection<object> ActiveTimers => _timers is null ? [] : _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => Start(key, msg, interval, interval);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, msg, initialDelay, interval);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, null);

    public bool IsTimerActive(object key) => _timers?.ContainsKey(key) == true;

    public void Cancel(object key)
    {
        if (_timers is not null && _timers.Remove(key, out var timer))
            timer.Task.Cancel();
    }

    public void CancelAll()
    {
        if (_timers is null)
            return;
        foreach (var timer in _timers.Values)
            timer.Task.Cancel();
        _timers.Clear();
    }

    /// <summary>The message of a timer that still runs, else null.</summary>
    public object? Intercept(TimerMessage timer)
    {
        if (_timers is null || !_timers.TryGetValue(timer.Key, out var current) || !ReferenceEquals(current, timer))
            return null;
        if (!timer.Repeats)
            _timers.Remove(timer.Key);
        return timer.Message;
    }

    private void Start(object key, object message, TimeSpan initialDelay, TimeSpan? interval)
    {
        Cancel(key);
        var scheduler = cell.System.Scheduler;
        var timer = new TimerMessage(key, message, interval is not null, new Cancelable(scheduler));
        (_timers ??= [])[key] = timer;
        if (interval is { } period)
            scheduler.ScheduleTellRepeatedly(initialDelay, period, cell.Self, timer, cell.Self, timer.Task);
        else
            scheduler.ScheduleTellOnce(initialDelay, cell.Self, timer, cell.Self, timer.Task);
    }
}

/// <summary>What a timer sends its actor; the object itself is the timer's generation.</summary>
internal sealed class TimerMessage(object key, object message, bool repeats, Cancelable task)
    : IWrappedMessage, INoSerializationVerificationNeeded
{
    public object Key => key;

    public object Message => message;

    public bool Repeats => repeats;

    public Cancelable Task => task;
}
