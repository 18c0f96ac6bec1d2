using ActorBroker.Core.Kernel;

namespace ActorBroker.Network.Connections;

/// <summary>
/// Holds readers back while the buffers of the node are over their budget (Kafka's <c>queued.max.request.bytes</c>). Whoever needs a buffer
/// for received bytes passes here first. The gate opens when a released buffer brings the pool under its budget, for the longest waiting
/// reader first, a few at a time, so that they cannot all rush in at once.
///
/// Readers in the middle of a frame wait here too, and then nobody may be left to finish a frame and free memory. So one reader is let
/// through at each tick of the sweep no matter what: memory may grow by one step a second, but nothing hangs for ever.
/// </summary>
internal sealed class ReadGate
{
    private const int MaxAtOnce = 8;

    private readonly BufferPool _pool;
    private readonly Queue<WakeSignal> _waiting = new();

    public ReadGate(BufferPool pool)
    {
        _pool = pool;
        pool.Relieved = Open;
    }

    public int Waiting
    {
        get
        {
            lock (_waiting) return _waiting.Count;
        }
    }

    /// <summary>Completes when a buffer may be rented.</summary>
    public ValueTask EnterAsync() => _pool.IsOverBudget ? QueueAsync() : ValueTask.CompletedTask;

    /// <summary>The sweep's tick: lets one reader through even over the budget.</summary>
    public void Tick()
    {
        if (_pool.IsOverBudget) Release(1);
        else Open();
    }

    private void Open()
    {
        if (!_pool.IsOverBudget) Release(MaxAtOnce);
    }

    private async ValueTask QueueAsync()
    {
        var signal = new WakeSignal();
        lock (_waiting) _waiting.Enqueue(signal);
        // The pool may have been relieved between the check and the queue: then nobody else would wake this reader.
        Open();
        await signal.WaitAsync().ConfigureAwait(false);
    }

    private void Release(int count)
    {
        lock (_waiting)
            for (; count > 0 && _waiting.TryDequeue(out var signal); count--) signal.Set(inline: false);
    }
}
