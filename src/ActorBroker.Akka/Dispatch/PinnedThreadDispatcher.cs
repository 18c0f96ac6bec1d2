using Akka.Event;

namespace Akka.Dispatch;

/// <summary>
/// One thread for one actor (<c>PinnedDispatcher</c>). Every actor gets an instance of its own; the thread is made with the
/// first message and ends with the actor.
/// </summary>
internal sealed class PinnedThreadDispatcher(DispatcherSettings settings, EventStream events) : MessageDispatcher(settings)
{
    private readonly WorkQueue _queue = new();
    private int _started;

    internal override void Execute(IThreadPoolWorkItem work)
    {
        _queue.Add(work);
        if (Volatile.Read(ref _started) == 0 && Interlocked.Exchange(ref _started, 1) == 0)
            new Thread(() => _queue.Serve(events, Id)) { IsBackground = true, Name = Id }.UnsafeStart();
    }

    internal override void Detached() => _queue.Complete();

    internal override void Stop() => _queue.Complete();
}
