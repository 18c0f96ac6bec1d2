using System.Collections.Concurrent;
using Akka.Event;

namespace Akka.Dispatch;

/// <summary>Work for threads of a dispatcher's own.</summary>
internal sealed class WorkQueue
{
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _items = new();
    private readonly SemaphoreSlim _available = new(0);
    private volatile bool _completed;

    /// <summary>True when every thread at work is busy: one more could help.</summary>
    public bool Add(IThreadPoolWorkItem work)
    {
        _items.Enqueue(work);
        _available.Release();
        return _available.CurrentCount > 0;
    }

    /// <summary>Threads end when what is queued is done.</summary>
    public void Complete()
    {
        _completed = true;
        _available.Release();
    }

    public void Serve(EventStream events, string id)
    {
        while (true)
        {
            _available.Wait();
            if (!_items.TryDequeue(out var work))
            {
                if (!_completed)
                    continue;
                // Passed on: the next thread ends too.
                _available.Release();
                return;
            }
            try
            {
                work.Execute();
            }
            catch (Exception e)
            {
                events.Publish(new Error(e, id, typeof(WorkQueue), $"Uncaught exception on a thread of dispatcher {id}: {e.Message}"));
            }
        }
    }
}
