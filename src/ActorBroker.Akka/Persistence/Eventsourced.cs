using System.Collections.Immutable;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Persistence;

/// <summary>
/// An actor whose state is the sum of its events. Its life has four phases, each an <see cref="EventsourcedPhase"/>: it waits for a
/// recovery permit, loads a snapshot, replays the events after it, and then handles commands. Until the last one commands wait in
/// an internal stash, apart from the one that the user sees. While events of <see cref="Persist"/> are being written commands wait
/// there as well, so that a handler sees the state of all events before it; <see cref="PersistAsync"/> does without that wait.
///
/// Invariants: handlers run in the order of their persist calls, one for every event; a write is in flight at most once, what is
/// persisted meanwhile is the next batch; after a failed write the actor stops, because what the journal holds is unknown.
/// </summary>
public abstract class Eventsourced : ActorBase, IPersistentIdentity, IPersistenceStash, IPersistenceRecovery
{
    /// <summary>Messages of a journal that have no meaning for the next incarnation.</summary>
    public static readonly Func<Envelope, bool> UnstashFilterPredicate =
        static envelope => envelope.Message is not (WriteMessageSuccess or ReplayedMessage);

    private static int _instances;

    private readonly IStash _waitingCommands;
    private readonly CommandPhase _commands;
    private EventsourcedPhase? _phase;
    private IStash _stash = null!;
    private IActorRef? _journal;
    private IActorRef? _snapshotStore;

    protected Eventsourced()
    {
        Extension = Persistence.Instance.Apply(Context.System);
        Log = Context.GetLogger();
        var cell = (ActorCell)Context;
        _waitingCommands = new ActorStash(cell, (IDequeBasedMessageQueueSemantics)cell.Mailbox.MessageQueue, Props.NoStashCapacity);
        _commands = new CommandPhase(this, Interlocked.Increment(ref _instances), Guid.NewGuid().ToString());
    }

    public abstract string PersistenceId { get; }

    public virtual Recovery Recovery => Recovery.Default;

    public virtual IStashOverflowStrategy InternalStashOverflowStrategy => Extension.DefaultInternalStashOverflowStrategy;

    /// <summary>The user's stash. What leaves it goes before the commands that wait, and then comes one by one as they do.</summary>
    public IStash Stash
    {
        get => _stash;
        set => _stash = new CommandStash(value, _waitingCommands);
    }

    public string? JournalPluginId { get; protected set; }

    public string? SnapshotPluginId { get; protected set; }

    public IActorRef Journal => _journal ??= Extension.JournalFor(JournalPluginId);

    public IActorRef SnapshotStore => _snapshotStore ??= Extension.SnapshotStoreFor(SnapshotPluginId);

    public string SnapshotterId => PersistenceId;

    public bool IsRecovering => _phase?.IsRecovering ?? true;

    public bool IsRecoveryFinished => !IsRecovering;

    /// <summary>Sequence number of the last event that was replayed or written.</summary>
    public long LastSequenceNr { get; internal set; }

    public long SnapshotSequenceNr => LastSequenceNr;

    protected PersistenceExtension Extension { get; }

    protected virtual ILoggingAdapter Log { get; }

    internal PersistenceExtension Plugins => Extension;

    internal IActorContext OwnContext => Context;

    /// <summary>Writes the event; then runs the handler. Commands wait until it has run.</summary>
    public void Persist<TEvent>(TEvent @event, Action<TEvent> handler) => PersistOne(@event, handler, stashes: true);

    /// <summary>Writes the events all or none; then runs the handler for each. Commands wait until it has run for the last one.</summary>
    public void PersistAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler) => PersistMany(events, handler, stashes: true);

    /// <summary>Writes the event; then runs the handler. Further commands are handled in between.</summary>
    public void PersistAsync<TEvent>(TEvent @event, Action<TEvent> handler) => PersistOne(@event, handler, stashes: false);

    /// <summary>Writes the events all or none; then runs the handler for each. Further commands are handled in between.</summary>
    public void PersistAllAsync<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler) =>
        PersistMany(events, handler, stashes: false);

    /// <summary>Runs the handler after the handlers of all events persisted so far; nothing is written.</summary>
    public void DeferAsync<TEvent>(TEvent evt, Action<TEvent> handler)
    {
        RefuseDuringRecovery();
        if (_commands.HasPending)
            _commands.Add(new NonPersistentMessage(evt!, Sender), new PendingHandler(o => handler((TEvent)o), Stashes: false));
        else
            handler(evt);
    }

    /// <summary>Deletes the events up to a sequence number; the answer is a message to this actor.</summary>
    public void DeleteMessages(long toSequenceNr)
    {
        if (toSequenceNr == long.MaxValue || toSequenceNr <= LastSequenceNr)
        {
            Journal.Tell(new DeleteMessagesTo(PersistenceId, Math.Min(toSequenceNr, LastSequenceNr), Self), Self);
            return;
        }
        var cause = new InvalidOperationException($"There is no event {toSequenceNr} to delete; the last one is {LastSequenceNr}");
        Self.Tell(new DeleteMessagesFailure(cause, toSequenceNr), Self);
    }

    public void LoadSnapshot(string persistenceId, SnapshotSelectionCriteria criteria, long toSequenceNr) =>
        SnapshotStore.Tell(new LoadSnapshot(persistenceId, criteria, toSequenceNr), Self);

    /// <summary>Saves a snapshot at the last sequence number; the answer is a message to this actor.</summary>
    public void SaveSnapshot(object snapshot)
    {
        var now = Context.System.Scheduler.Now.UtcDateTime;
        SnapshotStore.Tell(new SaveSnapshot(new SnapshotMetadata(SnapshotterId, SnapshotSequenceNr, now), snapshot), Self);
    }

    public void DeleteSnapshot(long sequenceNr)
    {
        var anyTime = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
        SnapshotStore.Tell(new DeleteSnapshot(new SnapshotMetadata(SnapshotterId, sequenceNr, anyTime)), Self);
    }

    public void DeleteSnapshots(SnapshotSelectionCriteria criteria) =>
        SnapshotStore.Tell(new DeleteSnapshots(SnapshotterId, criteria), Self);

    public override void AroundPreStart()
    {
        if (PersistenceId is null)
            throw new ArgumentNullException(nameof(PersistenceId), $"The persistent actor {Self.Path} has no persistence id");
        _ = Journal;
        _ = SnapshotStore;
        RequestPermit();
        base.AroundPreStart();
    }

    public override void AroundPostRestart(Exception reason, object? message)
    {
        RequestPermit();
        base.AroundPostRestart(reason, message);
    }

    public override void AroundPreRestart(Exception cause, object? message)
    {
        try
        {
            ReleaseStashes();
        }
        finally
        {
            _commands.Flush();
            base.AroundPreRestart(cause, message switch
            {
                WriteMessageSuccess written => written.Persistent,
                LoopMessageSuccess deferred => deferred.Message,
                ReplayedMessage replayed => replayed.Persistent,
                _ => message,
            });
        }
    }

    public override void AroundPostStop()
    {
        try
        {
            ReleaseStashes();
        }
        finally
        {
            base.AroundPostStop();
        }
    }

    protected internal override bool AroundReceive(Receive receive, object message)
    {
        _phase!.Handle(receive, message);
        return true;
    }

    protected abstract bool ReceiveRecover(object message);

    protected abstract bool ReceiveCommand(object message);

    /// <summary>Called when all events are replayed, before <see cref="RecoveryCompleted"/>.</summary>
    protected virtual void OnReplaySuccess()
    {
    }

    /// <summary>Called before the actor stops because it could not recover.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">The event whose handler threw, if one did.</param>
    protected virtual void OnRecoveryFailure(Exception reason, object? message = null)
    {
        if (message is null)
            Log.Error(reason, "Recovery of [{0}] failed after sequence number [{1}]", PersistenceId, LastSequenceNr);
        else
            Log.Error(reason, "Recovery of [{0}] failed at event [{1}] ([{2}])", PersistenceId, LastSequenceNr, message.GetType());
    }

    /// <summary>Called before the actor stops because a write failed: the event may or may not be in the journal.</summary>
    protected virtual void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Log.Error(
        cause, "Event [{0}] ([{1}]) of [{2}] could not be written", sequenceNr, @event.GetType(), PersistenceId);

    /// <summary>Called when the journal refused an event, which is certainly not written; its handler does not run.</summary>
    protected virtual void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Log.Error(
        cause, "Event [{0}] ([{1}]) of [{2}] was rejected: {3}", sequenceNr, @event.GetType(), PersistenceId, cause.Message);

    protected override void Unhandled(object message)
    {
        if (message is RecoveryCompleted)
            return;
        var failure = message switch
        {
            SaveSnapshotFailure f => f.Cause,
            DeleteSnapshotFailure f => f.Cause,
            DeleteSnapshotsFailure f => f.Cause,
            DeleteMessagesFailure f => f.Cause,
            _ => null,
        };
        if (failure is not null)
            Log.Warning(failure, "[{0}] of [{1}] was not handled: {2}", message.GetType().Name, PersistenceId, failure.Message);
        base.Unhandled(message);
    }

    /// <summary>Runs an asynchronous command handler: no other message is handled until it has completed.</summary>
    protected void RunTask(Func<Task> action)
    {
        _commands.BeginTask();
        ActorTaskScheduler.RunTask(() => _commands.RunTask(action));
    }

    internal void Enter(EventsourcedPhase phase) => _phase = phase;

    internal void EnterCommands(long highestSequenceNr)
    {
        LastSequenceNr = highestSequenceNr;
        _commands.NextSequenceNr = highestSequenceNr + 1;
        _phase = _commands;
    }

    internal void StartCommands() => _commands.Start();

    internal bool Deliver(Receive receive, object message) => base.AroundReceive(receive, message);

    internal bool Recover(object message) => message switch
    {
        IPersistentRepresentation persistent => ReceiveRecover(persistent.Payload),
        _ => ReceiveRecover(message),
    };

    internal void ReplaySucceeded() => OnReplaySuccess();

    internal void StopAfterFailedRecovery(Exception reason, object? message = null)
    {
        try
        {
            OnRecoveryFailure(reason, message);
        }
        finally
        {
            Context.Stop(Self);
        }
    }

    internal void StopAfterFailedPersist(WriteMessageFailure failure)
    {
        try
        {
            OnPersistFailure(failure.Cause, failure.Persistent.Payload, failure.Persistent.SequenceNr);
        }
        finally
        {
            Context.Stop(Self);
        }
    }

    internal void Reject(WriteMessageRejected rejected) =>
        OnPersistRejected(rejected.Cause, rejected.Persistent.Payload, rejected.Persistent.SequenceNr);

    internal void Ignore(object message) => Unhandled(message);

    internal void Wait(object command)
    {
        try
        {
            _waitingCommands.Stash();
        }
        catch (StashOverflowException) when (InternalStashOverflowStrategy is DiscardToDeadLetterStrategy)
        {
            Context.System.DeadLetters.Tell(new DeadLetter(command, Sender, Self), Sender);
        }
        catch (StashOverflowException) when (InternalStashOverflowStrategy is ReplyToStrategy reply)
        {
            Sender.Tell(reply.Response, Self);
        }
    }

    internal void TakeWaiting(bool all)
    {
        if (all)
            _waitingCommands.UnstashAll();
        else
            _waitingCommands.Unstash();
    }

    private void PersistOne<TEvent>(TEvent @event, Action<TEvent> handler, bool stashes)
    {
        RefuseDuringRecovery();
        _commands.Add(
            new AtomicWrite(_commands.Number(@event!, PersistenceId, Sender)),
            new PendingHandler(o => handler((TEvent)o), stashes));
    }

    private void PersistMany<TEvent>(IEnumerable<TEvent>? events, Action<TEvent> handler, bool stashes)
    {
        RefuseDuringRecovery();
        var pending = new PendingHandler(o => handler((TEvent)o), stashes);
        var numbered = (events ?? [])
            .Select(e => _commands.Number(e!, PersistenceId, Sender))
            .ToImmutableArray<IPersistentRepresentation>();
        if (numbered.Length > 0)
            _commands.Add(new AtomicWrite(numbered), pending);
    }

    private void RefuseDuringRecovery()
    {
        if (IsRecovering)
            throw new InvalidOperationException("Events can be persisted from RecoveryCompleted on, not during the replay");
    }

    private void RequestPermit()
    {
        _phase = new WaitingForPermitPhase(this);
        Extension.RecoveryPermitter.Tell(RequestRecoveryPermit.Instance, Self);
    }

    private void ReleaseStashes()
    {
        _waitingCommands.UnstashAll();
        Stash.UnstashAll(UnstashFilterPredicate);
    }
}
