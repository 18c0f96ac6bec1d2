using Akka.Configuration;
using Akka.Event;

namespace Akka.Dispatch;

/// <summary>
/// Threads of its own, made when first needed, for actors that must not share the process's pool
/// (<c>ForkJoinDispatcher</c>: <c>dedicated-thread-pool { thread-count, threadtype }</c>). Idle threads sleep.
/// </summary>
internal sealed class DedicatedThreadsDispatcher : MessageDispatcher
{
    private readonly Lock _gate = new();
    private readonly WorkQueue _queue;
    private readonly EventStream _events;
    private readonly int _threadCount;
    private readonly bool _background;
    private int _started;

    public DedicatedThreadsDispatcher(DispatcherSettings settings, Config config, EventStream events)
        : base(settings)
    {
        _threadCount = ThreadCount(config);
        _background = config.GetString("dedicated-thread-pool.threadtype", "background") != "foreground";
        _events = events;
        _queue = new WorkQueue();
    }

    internal override void Execute(IThreadPoolWorkItem work)
    {
        if (_queue.Add(work) && Volatile.Read(ref _started) < _threadCount)
            StartThread();
    }

    internal override void Stop() => _queue.Complete();

    private static int ThreadCount(Config config)
    {
        if (config.HasPath("dedicated-thread-pool.thread-count"))
            return Math.Max(1, config.GetInt("dedicated-thread-pool.thread-count"));
        var scaled = (int)Math.Ceiling(Environment.ProcessorCount * config.GetDouble("fork-join-executor.parallelism-factor", 1));
        var min = config.GetInt("fork-join-executor.parallelism-min", 1);
        return Math.Clamp(scaled, min, Math.Max(min, config.GetInt("fork-join-executor.parallelism-max", 64)));
    }

    private void StartThread()
    {
        lock (_gate)
        {
            if (_started >= _threadCount)
                return;
            _started++;
            var thread = new Thread(() => _queue.Serve(_events, Id)) { IsBackground = _background, Name = $"{Id}-{_started}" };
            thread.UnsafeStart();
        }
    }
}
