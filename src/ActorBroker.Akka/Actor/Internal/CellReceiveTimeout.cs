namespace Akka.Actor;

/// <summary>Sends <see cref="ReceiveTimeout"/> when nothing came for as long as the actor wants to wait.</summary>
internal sealed class CellReceiveTimeout(ActorCell cell, TimeSpan timeout)
{
    private ICancelable? _task;

    public TimeSpan Timeout => timeout;

    public void Cancel()
    {
        _task?.Cancel();
        _task = null;
    }

    public void Arm() => _task ??= cell.System.Scheduler.ScheduleTellOnceCancelable(timeout, cell.Self, ReceiveTimeout.Instance, cell.Self);
}
