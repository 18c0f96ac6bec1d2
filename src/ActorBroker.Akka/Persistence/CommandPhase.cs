using Akka.Actor;

namespace Akka.Persistence;

/// <param name="Run">The user's handler.</param>
/// <param name="Stashes">True for persist calls that commands wait for.</param>
internal sealed record PendingHandler(Action<object> Run, bool Stashes);

/// <summary>
/// Handles commands and the journal's answers. The queue of pending handlers has an entry for every event or deferred message
/// that has no answer yet; an answer always belongs to its head, since the journal answers in the order of the batch.
/// </summary>
internal sealed class CommandPhase(Eventsourced actor, int instanceId, string writerGuid) : EventsourcedPhase(actor)
{
    private readonly Queue<PendingHandler> _pending = new();
    private List<IPersistentEnvelope> _batch = [];
    private int _awaited;
    private bool _writing;
    private bool _inHandler;
    private bool _taskRunning;

    public override bool IsRecovering => false;

    public bool HasPending => _pending.Count > 0;

    public long NextSequenceNr { get; set; } = 1;

    public Persistent Number(object @event, string persistenceId, IActorRef? sender) =>
        new(@event, NextSequenceNr++, persistenceId, null, false, sender, writerGuid);

    public void Add(IPersistentEnvelope envelope, PendingHandler handler)
    {
        for (var i = 0; i < envelope.Size; i++)
            _pending.Enqueue(handler);
        if (handler.Stashes)
            _awaited += envelope.Size;
        _batch.Add(envelope);
    }

    /// <summary>Sends what was persisted since the last batch, unless that one is still being written.</summary>
    public void Flush()
    {
        if (_writing || _batch.Count == 0)
            return;
        Actor.Journal.Tell(new WriteMessages(_batch, Self, instanceId), Self);
        _batch = [];
        _writing = true;
    }

    /// <summary>After <see cref="RecoveryCompleted"/>, whose handler may have persisted.</summary>
    public void Start()
    {
        Flush();
        if (_awaited == 0 && !_taskRunning)
            Actor.TakeWaiting(all: true);
    }

    public override void Handle(Receive receive, object message)
    {
        if (HandleAnswer(message))
            return;
        if (_awaited > 0)
        {
            Actor.Wait(message);
            return;
        }
        var failed = true;
        _inHandler = true;
        try
        {
            Actor.Deliver(receive, message);
            failed = false;
        }
        finally
        {
            _inHandler = false;
            AfterCommand(failed);
        }
    }

    public void BeginTask()
    {
        if (_taskRunning)
            throw new NotSupportedException("A task of a persistent actor cannot start another one");
        _taskRunning = true;
    }

    public async Task RunTask(Func<Task> action)
    {
        var failed = true;
        try
        {
            await action();
            failed = false;
        }
        finally
        {
            _taskRunning = false;
            if (!_inHandler)
                AfterCommand(failed);
        }
    }

    private void AfterCommand(bool failed)
    {
        Flush();
        if (_awaited == 0 && !_taskRunning)
            Actor.TakeWaiting(failed);
    }

    private bool HandleAnswer(object message)
    {
        switch (message)
        {
            case WriteMessageSuccess written:
                if (written.ActorInstanceId == instanceId)
                {
                    Actor.LastSequenceNr = Math.Max(Actor.LastSequenceNr, written.Persistent.SequenceNr);
                    RunHandler(written.Persistent.Payload);
                }
                return true;
            case LoopMessageSuccess deferred:
                if (deferred.ActorInstanceId == instanceId)
                    RunHandler(deferred.Message);
                return true;
            case WriteMessageRejected rejected:
                if (rejected.ActorInstanceId == instanceId)
                {
                    Actor.LastSequenceNr = Math.Max(Actor.LastSequenceNr, rejected.Persistent.SequenceNr);
                    Settle(failed: false);
                    Actor.Reject(rejected);
                }
                return true;
            case WriteMessageFailure failure:
                if (failure.ActorInstanceId == instanceId)
                {
                    Settle(failed: false);
                    Actor.StopAfterFailedPersist(failure);
                }
                return true;
            case WriteMessagesSuccessful ended:
                if (ended.ActorInstanceId is null || ended.ActorInstanceId == instanceId)
                {
                    _writing = false;
                    Flush();
                }
                return true;
            case WriteMessagesFailed failed:
                // With writes in the batch their failures follow and stop the actor; nothing more may be written until then.
                _writing &= failed.WriteCount > 0;
                return true;
            default:
                // A tick that was in the mailbox when its timer was cancelled, and the end of a replay that a restart has cut off.
                return message is RecoveryTick or RecoverySuccess or ReplayedMessage;
        }
    }

    private void RunHandler(object payload)
    {
        var failed = true;
        _inHandler = true;
        try
        {
            _pending.Peek().Run(payload);
            failed = false;
        }
        finally
        {
            _inHandler = false;
            Flush();
            Settle(failed);
        }
    }

    private void Settle(bool failed)
    {
        if (_pending.Dequeue().Stashes)
            _awaited--;
        if (_awaited == 0 && !_taskRunning)
            Actor.TakeWaiting(failed);
    }
}
