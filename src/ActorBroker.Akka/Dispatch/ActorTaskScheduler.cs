using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs the continuations of an actor's asynchronous handlers inside that actor. While a handler is at work the mailbox takes
/// no user message; continuations come as system messages, so supervision and stopping go on. A handler that ends without
/// waiting costs no more than a synchronous one.
/// </summary>
internal sealed class ActorTaskScheduler(ActorCell cell) : TaskScheduler
{
    private object? _message;
    private IActorRef? _sender;
    private int _atWork;

    public override int MaximumConcurrencyLevel => 1;

    public static void RunTask(Action action) => RunTask(() =>
    {
        action();
        return Task.CompletedTask;
    });

    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current ?? throw new InvalidOperationException("RunTask must be called from an actor context.");
        cell.TaskScheduler.Start(asyncAction);
    }

    public void Run(Task task)
    {
        cell.Resume(_message, _sender);
        TryExecuteTask(task);
        cell.CurrentMessage = null;
    }

    public void Complete(Exception? failure)
    {
        if (--_atWork == 0)
            cell.Mailbox.ResumeFromTask();
        if (failure is null)
            return;
        cell.Resume(_message, _sender);
        CellFaults.HandleInvokeFailure(cell, failure);
    }

    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    protected override void QueueTask(Task task) => cell.PostSystem(new ActorTask(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, cell) && TryExecuteTask(task);

    private void Start(Func<Task> asyncAction)
    {
        // Started through the scheduler, so that what the handler awaits comes back to it.
        var start = new Task<Task>(asyncAction, TaskCreationOptions.DenyChildAttach);
        start.RunSynchronously(this);
        var handler = start.GetAwaiter().GetResult();
        if (handler.IsCompleted)
        {
            handler.GetAwaiter().GetResult();
            return;
        }
        _message = cell.CurrentMessage;
        _sender = cell.RawSender;
        if (_atWork++ == 0)
            cell.Mailbox.SuspendForTask();
        handler.ContinueWith(
            static (done, state) => ((ActorTaskScheduler)state!).Finished(done),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.DenyChildAttach,
            Default);
    }

    private void Finished(Task handler)
    {
        var failure = handler.IsCanceled ? new TaskCanceledException(handler) : handler.Exception?.InnerException;
        cell.PostSystem(new ActorTaskDone(this, failure));
    }
}
