using System.Threading.Tasks.Sources;

namespace ActorBroker.Network.Connections;

/// <summary>
/// An auto-reset event for one waiting loop, without an allocation per wait. Wake-ups are remembered (at most one) and may be spurious,
/// so the waiter tests its condition in a loop: test, wait, test again. Any number of threads may set it.
///
/// No wake-up is lost: whoever changes the condition does so before <see cref="Set"/>; if the waiter tested before that, then its
/// <see cref="WaitAsync"/> finds the state <c>Set</c>, or <c>Set</c> finds it waiting, for both go through the same word.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Raised = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <summary>Wakes the waiter; <paramref name="inline"/> lets it continue on this thread, within this call.</summary>
    public void Set(bool inline)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state == Raised) return;
            var next = state == Waiting ? Idle : Raised;
            if (Interlocked.CompareExchange(ref _state, next, state) != state) continue;
            if (state != Waiting) return;
            // Behind what the pool has to do already: a produce request moves the watermarks of several partitions in a row, and a fetch
            // that is woken by the first should find the others moved too. The pool's own choice would be to run it next.
            if (inline) _core.SetResult(true);
            else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    /// <summary>Completes at the next <see cref="Set"/>, or at once when there was one since the last wait. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle) return new ValueTask(this, _core.Version);
        Volatile.Write(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IThreadPoolWorkItem.Execute() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
