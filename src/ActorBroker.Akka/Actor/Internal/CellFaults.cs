using System.Runtime.ExceptionServices;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>
/// Birth, failure, restart and death of an actor, as system messages drive them.
///
/// A failing actor suspends itself and its children and tells its parent (Failed). The parent's strategy answers with
/// Resume, Recreate or Terminate, or escalates by failing itself. Recreate and Terminate first stop children and wait for
/// them: the last child's end (DeathWatchNotification) finishes what was begun. Suspensions are counted, so that each
/// Suspend is undone by one Resume or Recreate.
/// </summary>
internal static class CellFaults
{
    public static void Run(ActorCell cell, SystemMessage message)
    {
        switch (message)
        {
            case Dispatch.SysMsg.Create:
                Create(cell);
                break;
            case Failed failed:
                HandleFailed(cell, failed);
                break;
            case DeathWatchNotification notification:
                cell.DeathWatchOrNull?.SubjectEnded(notification);
                if (cell.ChildrenOrNull?.Find(notification.Actor) is not null)
                    HandleChildEnded(cell, notification.Actor);
                break;
            case Watch watch:
                cell.DeathWatch.AddWatcher(watch);
                break;
            case Unwatch unwatch:
                cell.DeathWatchOrNull?.RemoveWatcher(unwatch);
                break;
            case Recreate recreate:
                Recreate(cell, recreate.Cause);
                break;
            case Suspend:
                cell.Mailbox.Suspend();
                SuspendChildren(cell, null);
                break;
            case Resume resume:
                Resume(cell, resume.CausedByFailure);
                break;
            case Dispatch.SysMsg.Terminate:
                Terminate(cell);
                break;
            case ActorTask task:
                task.Run();
                break;
            case ActorTaskDone done:
                done.Run();
                break;
            default:
                throw new NotSupportedException($"Unknown message {message.GetType().Name}");
        }
    }

    public static IActorRef MakeChild(ActorCell cell, Props props, string? name)
    {
        var children = cell.Children;
        name ??= children.NextName();
        if (cell.IsTerminating || cell.IsTerminated)
            throw new InvalidOperationException("Cannot create child while terminating or terminated");
        children.Reserve(name);
        LocalActorRef child;
        try
        {
            var path = new ChildActorPath(cell.Self.Path, name, Random.Shared.Next(1, int.MaxValue));
            child = cell.SystemImpl.LocalProvider.NewActor(props, cell.InternalSelf, path);
        }
        catch
        {
            children.Unreserve(name);
            throw;
        }
        // A child of a suspended parent starts suspended: the parent's resume or restart reaches it.
        for (var i = cell.Mailbox.SuspendCount; i > 0; i--)
            child.Suspend();
        children.Init(name, child);
        child.Start();

        // A guardian may have begun to end between the reservation and here, without seeing this child.
        if (children.IsClosed)
            child.Stop();
        return child;
    }

    public static void HandleInvokeFailure(ActorCell cell, Exception cause, IEnumerable<IActorRef>? notToSuspend = null)
    {
        if (cell.Perpetrator is not null || cell.IsTerminated)
            return;
        try
        {
            cell.Mailbox.Suspend();
            if (cell.CurrentMessage is Failed failed)
            {
                cell.Perpetrator = failed.Child;
                notToSuspend = (notToSuspend ?? []).Append(failed.Child);
            }
            else
            {
                cell.Perpetrator = cell.Self;
            }
            SuspendChildren(cell, notToSuspend);
            cell.InternalParent.SendSystemMessage(new Failed(cell.Self, cause, cell.Self.Path.Uid));
        }
        catch (Exception e)
        {
            cell.PublishError(e, $"Emergency stop: exception in failure handling for {cause}");
            StopChildren(cell);
            FinishTerminate(cell);
        }
    }

    private static void Create(ActorCell cell)
    {
        try
        {
            cell.Actor = cell.NewActor();
            cell.Actor.AroundPreStart();
            cell.ArmReceiveTimeout();
        }
        catch (Exception e)
        {
            cell.ClearActor();
            cell.Actor = null;
            throw new ActorInitializationException(cell.Self, "Exception during creation", e);
        }
    }

    private static void Recreate(ActorCell cell, Exception cause)
    {
        if (cell.Actor is not { } failedActor)
        {
            cell.PublishError(null, $"Changing Recreate into Create after {cause}");
            CreateAgain(cell);
            return;
        }
        if (cell.IsTerminating)
        {
            Resume(cell, null);
            return;
        }
        var message = cell.CurrentMessage is SystemMessage ? null : cell.CurrentMessage;
        try
        {
            failedActor.AroundPreRestart(cause, message);
            StashPlugin.Detach(failedActor);
        }
        catch (Exception e)
        {
            var failure = new PreRestartException(cell.Self, e, cause, message);
            cell.PublishError(failure, e.Message);
        }
        cell.ClearActor();
        if (cell.ChildrenOrNull?.WaitFor(WaitReason.Recreation, cause) != true)
            FinishRecreate(cell, cause, failedActor);
    }

    private static void FinishRecreate(ActorCell cell, Exception cause, ActorBase? failedActor)
    {
        var survivors = cell.ChildrenOrNull?.Snapshot() ?? [];
        try
        {
            cell.Mailbox.Resume();
            cell.Perpetrator = null;
            var fresh = cell.NewActor();
            cell.Actor = fresh;
            if (ReferenceEquals(fresh, failedActor))
                fresh.Unclear();
            fresh.AroundPostRestart(cause, null);
            cell.ArmReceiveTimeout();
            foreach (var survivor in survivors)
                survivor.Ref.Restart(cause);
        }
        catch (Exception e)
        {
            // Cleared, so that the next restart does not run PreRestart on what never was ready.
            cell.ClearActor();
            HandleInvokeFailure(cell, new PostRestartException(cell.Self, e, cause), survivors.Select(s => s.Ref));
        }
    }

    private static void CreateAgain(ActorCell cell)
    {
        cell.CancelReceiveTimeout();
        StopChildren(cell);
        if (cell.ChildrenOrNull?.WaitFor(WaitReason.Creation) != true)
            FinishCreate(cell);
    }

    private static void FinishCreate(ActorCell cell)
    {
        cell.Mailbox.Resume();
        cell.Perpetrator = null;
        try
        {
            Create(cell);
        }
        catch (Exception e)
        {
            HandleInvokeFailure(cell, e);
        }
    }

    private static void Resume(ActorCell cell, Exception? causedByFailure)
    {
        if (cell.Actor is null)
        {
            cell.PublishError(null, $"Changing Resume into Create after {causedByFailure}");
            CreateAgain(cell);
            return;
        }
        if (cell.ActorHasBeenCleared && causedByFailure is not null)
        {
            cell.PublishError(null, $"Changing Resume into Restart after {causedByFailure}");
            cell.InternalSelf.Restart(causedByFailure);
            return;
        }
        var perpetrator = cell.Perpetrator;
        cell.Mailbox.Resume();
        if (causedByFailure is not null)
            cell.Perpetrator = null;
        foreach (var child in cell.ChildrenOrNull?.Snapshot() ?? [])
            child.Ref.Resume(child.Ref.Equals(perpetrator) ? causedByFailure : null);
    }

    private static void Terminate(ActorCell cell)
    {
        cell.CancelReceiveTimeout();
        cell.DeathWatchOrNull?.UnwatchAll();
        var wasTerminating = cell.IsTerminating;
        cell.IsTerminating = true;
        // Closed first: on a guardian another thread may be adding a child, which then is either stopped here or refused.
        cell.ChildrenOrNull?.Close();
        StopChildren(cell);
        if (cell.ChildrenOrNull?.WaitFor(WaitReason.Termination) == true)
        {
            if (!wasTerminating)
            {
                // No user message is processed any more; the suspension is never undone.
                cell.Mailbox.Suspend();
                cell.Perpetrator = cell.Self;
            }
            return;
        }
        FinishTerminate(cell);
    }

    private static void FinishTerminate(ActorCell cell)
    {
        var actor = cell.Actor;
        cell.IsTerminated = true;
        try
        {
            if (actor is not null)
            {
                actor.AroundPostStop();
                StashPlugin.Detach(actor);
            }
        }
        catch (Exception e)
        {
            cell.PublishError(e, e.Message);
        }
        cell.Mailbox.Close();
        cell.Dispatcher.Detached();
        cell.InternalParent.SendSystemMessage(new DeathWatchNotification(cell.Self, existenceConfirmed: true, addressTerminated: false));
        cell.DeathWatchOrNull?.TellWatchers();
        cell.DeathWatchOrNull?.UnwatchAll();
        cell.ClearActor();
        cell.Actor = null;
    }

    private static void HandleFailed(ActorCell cell, Failed failed)
    {
        cell.Resume(failed, failed.Child);
        var stats = cell.ChildrenOrNull?.Find(failed.Child);
        if (stats is null || stats.Ref.Path.Uid != failed.Uid)
        {
            cell.PublishDebug($"Dropping Failed({failed.Cause}) from unknown child {failed.Child}");
        }
        else if (!cell.Actor!.SupervisorStrategyInternal.HandleFailure(cell, stats, failed.Cause, cell.Children.Snapshot()))
        {
            ExceptionDispatchInfo.Throw(failed.Cause);
        }
        cell.CurrentMessage = null;
    }

    private static void HandleChildEnded(ActorCell cell, IActorRef child)
    {
        var (done, cause) = cell.Children.Remove(child);
        switch (done)
        {
            case WaitReason.Recreation:
                FinishRecreate(cell, cause!, cell.Actor);
                break;
            case WaitReason.Creation:
                FinishCreate(cell);
                break;
            case WaitReason.Termination:
                FinishTerminate(cell);
                break;
        }
    }

    private static void StopChildren(ActorCell cell)
    {
        foreach (var child in cell.ChildrenOrNull?.Snapshot() ?? [])
            cell.Stop(child.Ref);
    }

    private static void SuspendChildren(ActorCell cell, IEnumerable<IActorRef>? except)
    {
        if (cell.ChildrenOrNull is not { } children)
            return;
        var spared = except?.ToHashSet();
        foreach (var child in children.Snapshot())
        {
            if (spared?.Contains(child.Ref) != true)
                child.Ref.Suspend();
        }
    }
}
