namespace ActorBroker.Storage.Flushing;

/// <summary>
/// Threads that do nothing but sync: a partition's owner never waits for a disk. Group commit comes from the owners: each has one flush
/// under way, and what is appended meanwhile is the next. So the queue holds at most one entry per log.
/// </summary>
public sealed class LogFlusher : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<(FlushWork Work, Action<FlushResult> OnDone)> _queue = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Thread[] _threads;
    private readonly IStorageLog _log;
    private volatile bool _isStopping;

    public LogFlusher(int threads, IStorageLog log)
    {
        _log = log;
        _threads = new Thread[Math.Max(1, threads)];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"log-flusher-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Flushes waiting or running.</summary>
    public int Pending
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    /// <summary>
    /// Queues the work; <paramref name="onDone"/> is called once, on a flush thread, and must not block. False after <see cref="Dispose"/>.
    /// </summary>
    public bool Submit(FlushWork work, Action<FlushResult> onDone)
    {
        lock (_gate)
        {
            if (_isStopping) return false;
            _queue.Enqueue((work, onDone));
        }
        _ready.Release();
        return true;
    }

    /// <summary>Ends after what is queued has been done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isStopping) return;
            _isStopping = true;
        }
        _ready.Release(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        _ready.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _ready.Wait();
            var batch = Take();
            if (batch.Count > 0) Execute(batch);
            else if (_isStopping) return;
        }
    }

    // One work, or all that wait for the same directory when they are many: they share one sync then.
    private List<(FlushWork Work, Action<FlushResult> OnDone)> Take()
    {
        var batch = new List<(FlushWork Work, Action<FlushResult> OnDone)>();
        lock (_gate)
        {
            if (!_queue.TryDequeue(out var first)) return batch;
            batch.Add(first);
            if (_queue.Count + 1 < FlushWork.TogetherMin) return batch;
            for (var i = _queue.Count; i > 0; i--)
            {
                var next = _queue.Dequeue();
                if (next.Work.Log.Directory == first.Work.Log.Directory) batch.Add(next);
                else _queue.Enqueue(next);
            }
        }
        return batch;
    }

    private void Execute(List<(FlushWork Work, Action<FlushResult> OnDone)> batch)
    {
        try
        {
            var results = FlushWork.ExecuteAll(batch[0].Work.Log.Directory, batch.ConvertAll(entry => entry.Work));
            for (var i = 0; i < batch.Count; i++) batch[i].OnDone(results[i]);
        }
        catch (Exception error)
        {
            _log.Write(StorageLogLevel.Error, $"{batch[0].Work.Log.Partition}: a flush ended in an unexpected error", error);
            var failure = new LogIoException(LogIoErrorKind.Device, "flush", batch[0].Work.Log.Directory.Path, 0, error);
            foreach (var (work, onDone) in batch) onDone(new FlushResult(work, failure));
        }
    }
}
