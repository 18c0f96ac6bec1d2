using Akka.Actor;

namespace Akka.Persistence;

/// <summary>The number of concurrent recoveries is limited; the permitter says when.</summary>
internal sealed class WaitingForPermitPhase(Eventsourced actor) : EventsourcedPhase(actor)
{
    public override bool IsRecovering => true;

    public override void Handle(Receive receive, object message)
    {
        if (message is RecoveryPermitGranted)
            Actor.Enter(new LoadingSnapshotPhase(Actor));
        else if (message is not IJournalResponse)
            Actor.Wait(message);
    }
}

/// <summary>
/// Reads a snapshot, then asks for the events after it. A recovery that fails stops the actor; whichever way it ends, the permit
/// goes back once.
/// </summary>
internal sealed class LoadingSnapshotPhase : EventsourcedPhase
{
    private readonly Recovery _recovery;
    private readonly TimeSpan _timeout;
    private readonly ICancelable _timer;

    public LoadingSnapshotPhase(Eventsourced actor)
        : base(actor)
    {
        _recovery = actor.Recovery;
        _timeout = actor.Plugins.JournalConfigFor(actor.JournalPluginId).GetTimeSpan("recovery-event-timeout", null, false);
        _timer = actor.OwnContext.System.Scheduler.ScheduleTellOnceCancelable(_timeout, Self, new RecoveryTick(true), Self);
        actor.LoadSnapshot(actor.SnapshotterId, _recovery.FromSnapshot, _recovery.ToSequenceNr);
    }

    public override bool IsRecovering => true;

    public override void Handle(Receive receive, object message)
    {
        switch (message)
        {
            case LoadSnapshotResult loaded:
                _timer.Cancel();
                if (loaded.Snapshot is null || TryOffer(loaded.Snapshot))
                    Actor.Enter(new ReplayingPhase(Actor, loaded.ToSequenceNr, _recovery.ReplayMax, _timeout));
                break;
            case LoadSnapshotFailed failed:
                Fail(failed.Cause);
                break;
            case RecoveryTick { Snapshot: true }:
                Fail(new RecoveryTimedOutException($"The snapshot store gave no answer within {_timeout.TotalSeconds}s"));
                break;
            case IJournalResponse:
                // To the incarnation before this one.
                break;
            default:
                Actor.Wait(message);
                break;
        }
    }

    private bool TryOffer(SelectedSnapshot selected)
    {
        var before = Actor.LastSequenceNr;
        try
        {
            Actor.LastSequenceNr = selected.Metadata.SequenceNr;
            if (!Actor.Deliver(Actor.Recover, new SnapshotOffer(selected.Metadata, selected.Snapshot)))
                Actor.LastSequenceNr = before;
            return true;
        }
        catch (Exception e)
        {
            Fail(e);
            return false;
        }
    }

    private void Fail(Exception cause)
    {
        _timer.Cancel();
        try
        {
            Actor.StopAfterFailedRecovery(cause);
        }
        finally
        {
            ReturnPermit();
        }
    }
}

/// <summary>Applies the events; between two of them no more than the timeout may pass.</summary>
internal sealed class ReplayingPhase : EventsourcedPhase
{
    private readonly TimeSpan _timeout;
    private readonly ICancelable _timer;
    private bool _sawEvent;
    private bool _over;

    public ReplayingPhase(Eventsourced actor, long toSequenceNr, long replayMax, TimeSpan timeout)
        : base(actor)
    {
        _timeout = timeout;
        _timer = actor.OwnContext.System.Scheduler.ScheduleTellRepeatedlyCancelable(timeout, timeout, Self, new RecoveryTick(false), Self);
        actor.Journal.Tell(new ReplayMessages(actor.LastSequenceNr + 1, toSequenceNr, replayMax, actor.PersistenceId, Self), Self);
    }

    public override bool IsRecovering => true;

    public override void Handle(Receive receive, object message)
    {
        switch (message)
        {
            case ReplayedMessage replayed when !_over:
                Apply(replayed.Persistent);
                break;
            case RecoverySuccess success when !_over:
                Complete(Math.Max(success.HighestSequenceNr, Actor.LastSequenceNr));
                break;
            case ReplayMessagesFailure failure when !_over:
                Fail(failure.Cause, null);
                break;
            case RecoveryTick { Snapshot: false } when !_over:
                if (!_sawEvent)
                    Fail(new RecoveryTimedOutException(
                        $"The journal gave no event within {_timeout.TotalSeconds}s after sequence number {Actor.LastSequenceNr}"), null);
                _sawEvent = false;
                break;
            case IJournalResponse or RecoveryTick:
                break;
            default:
                Actor.Wait(message);
                break;
        }
    }

    private void Apply(IPersistentRepresentation persistent)
    {
        _sawEvent = true;
        try
        {
            Actor.LastSequenceNr = Math.Max(Actor.LastSequenceNr, persistent.SequenceNr);
            Actor.Deliver(Actor.Recover, persistent);
        }
        catch (Exception e)
        {
            Fail(e, persistent.Payload);
        }
    }

    private void Complete(long highestSequenceNr)
    {
        _over = true;
        _timer.Cancel();
        try
        {
            Actor.ReplaySucceeded();
            Actor.EnterCommands(highestSequenceNr);
            try
            {
                Actor.Deliver(Actor.Recover, RecoveryCompleted.Instance);
            }
            finally
            {
                Actor.StartCommands();
            }
        }
        finally
        {
            ReturnPermit();
        }
    }

    private void Fail(Exception cause, object? message)
    {
        _over = true;
        _timer.Cancel();
        try
        {
            Actor.StopAfterFailedRecovery(cause, message);
        }
        finally
        {
            ReturnPermit();
        }
    }
}
