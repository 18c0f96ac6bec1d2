namespace ActorBroker.Network.Files;

/// <summary>
/// A few threads for reads that are not in the page cache, so that a slow disk never holds a network thread. Each connection has at
/// most one
/// read here, which bounds the queue. The threads start with the first read.
/// </summary>
internal sealed class ReadPool(int threads) : IDisposable
{
    private readonly Queue<ReadJob> _jobs = new();
    private bool _started;
    private bool _stopped;

    public void Post(ReadJob job)
    {
        lock (_jobs)
        {
            if (_stopped)
            {
                job.Fail(new ObjectDisposedException(nameof(ReadPool)));
                return;
            }

            _jobs.Enqueue(job);
            if (!_started) StartThreads();
            Monitor.Pulse(_jobs);
        }
    }

    public void Dispose()
    {
        lock (_jobs)
        {
            _stopped = true;
            while (_jobs.TryDequeue(out var job)) job.Fail(new ObjectDisposedException(nameof(ReadPool)));
            Monitor.PulseAll(_jobs);
        }
    }

    private void StartThreads()
    {
        _started = true;
        for (var i = 0; i < Math.Max(1, threads); i++)
            new Thread(Work, 256 * 1024) { IsBackground = true, Name = $"cold-reads-{i}" }.Start();
    }

    private void Work()
    {
        while (true)
        {
            ReadJob? job;
            lock (_jobs)
            {
                while (!_jobs.TryDequeue(out job))
                {
                    if (_stopped) return;
                    Monitor.Wait(_jobs);
                }
            }

            job.Run();
        }
    }
}
