namespace Akka.Dispatch;

/// <summary>
/// Runs mailboxes on the process's thread pool. Everything goes through its global queue: a thread's own queue is served last in,
/// first out and before the global one, so two busy actors on it would starve the rest.
/// </summary>
internal sealed class ThreadPoolDispatcher(DispatcherSettings settings) : MessageDispatcher(settings)
{
    internal override void Execute(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
}
