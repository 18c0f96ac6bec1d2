using System.Runtime.ExceptionServices;

namespace Akka.Persistence;

/// <summary>For tasks that report their own errors to an actor and have nobody to wait for them.</summary>
internal static class TaskObservation
{
    /// <summary>An error that escapes all the same is a defect of the engine: it ends the process as any unhandled one does.</summary>
    public static void Forget(this Task task)
    {
        if (task.IsCompletedSuccessfully)
            return;
        task.ContinueWith(
            static t => ThreadPool.UnsafeQueueUserWorkItem(static e => e.Throw(), ExceptionDispatchInfo.Capture(t.Exception!), false),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }
}
