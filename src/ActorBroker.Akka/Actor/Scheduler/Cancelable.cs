namespace Akka.Actor;

/// <summary>
/// Takes back what was scheduled with it. Its token source is made only for who asks for the token; an entry of the engine's
/// own scheduler hangs on it directly and is removed on cancellation.
/// </summary>
public class Cancelable : ICancelable, IDisposable
{
    private readonly IActionScheduler? _scheduler;
    private CancellationTokenSource? _source;
    private WheelEntry? _entry;
    private int _state;

    public Cancelable(IScheduler scheduler, TimeSpan delay)
        : this(scheduler) => CancelAfter(delay);

    public Cancelable(IScheduler scheduler, int millisecondsDelay)
        : this(scheduler) => CancelAfter(millisecondsDelay);

    public Cancelable(IScheduler scheduler)
        : this(scheduler.Advanced)
    {
    }

    public Cancelable(IActionScheduler scheduler) => _scheduler = scheduler;

    private Cancelable()
    {
    }

    public bool IsCancellationRequested => Volatile.Read(ref _state) != 0;

    public CancellationToken Token => Source().Token;

    public bool IsDisposed { get; private set; }

    public static ICancelable CreateCanceled()
    {
        var cancelable = new Cancelable();
        cancelable.Cancel();
        return cancelable;
    }

    public static ICancelable CreateLinkedCancelable(IScheduler scheduler, params ICancelable[] cancelables)
    {
        var linked = new Cancelable(scheduler);
        foreach (var cancelable in cancelables)
            cancelable.Token.Register(linked.Cancel);
        return linked;
    }

    public void Cancel() => Cancel(false);

    public void Cancel(bool throwOnFirstException)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Interlocked.Exchange(ref _state, 1) != 0)
            return;
        // The state is set first: an entry that attaches meanwhile, or a source that is made meanwhile, sees it.
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _entry)?.Remove();
        Volatile.Read(ref _source)?.Cancel(throwOnFirstException);
    }

    public void CancelAfter(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        _scheduler?.ScheduleOnce(delay, Cancel, this);
    }

    public void CancelAfter(int millisecondsDelay) => CancelAfter(TimeSpan.FromMilliseconds(millisecondsDelay));

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Remembers the one entry that cancellation removes at once.</summary>
    internal void Attach(WheelEntry entry)
    {
        Interlocked.Exchange(ref _entry, entry);
        if (IsCancellationRequested)
            entry.Remove();
    }

    protected virtual void Dispose(bool disposing)
    {
        IsDisposed = true;
        Volatile.Read(ref _entry)?.Remove();
        _source?.Dispose();
    }

    private CancellationTokenSource Source()
    {
        if (Volatile.Read(ref _source) is { } known)
            return known;
        var source = new CancellationTokenSource();
        source = Interlocked.CompareExchange(ref _source, source, null) ?? source;
        if (IsCancellationRequested)
            source.Cancel();
        return source;
    }
}
