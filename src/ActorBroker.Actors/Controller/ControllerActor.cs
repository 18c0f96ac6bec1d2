using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Quorum;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Carries commands to the <see cref="ControllerMachine"/> and its records to the journal. It takes every command that waits, decides and
/// applies them one after the other, and writes what was decided as one atomic write: one entry, one sync. While that is under way commands
/// pile up in the inbox and are the next write. When it is durable the image is published first, and then all answers are released, in
/// order; an answer without records waits too, for it was decided upon records that were not yet durable.
///
/// When the journal fails the outcome of the write is unknown: what waits for it is told so, the actor ends, and the next one recovers from
/// what the journal really has. Only when the write failed because the voters have changed, or the ballot is another one's, what waits for it is
/// left to the next one on this node, who will know (<see cref="UnsettledCommands"/>), and nobody is told anything yet.
///
/// Snapshots are of the image and cut the journal.
/// </summary>
internal sealed class ControllerActor : ReceivePersistentActor
{
    /// <summary>The persistence id, and so the name of the quorum's log.</summary>
    public const string LogName = "controller";

    private readonly ControllerSettings _settings;
    private readonly ControllerMachine _machine;
    private readonly ControllerInbox _inbox;
    private readonly IMetadataSink _sink;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<DecidedCommand> _inFlight = [];
    private readonly List<MetadataBatch> _persisting = [];
    private OwnerLoss? _loss;
    private int _toPersist;
    private int _batchesSinceSnapshot;

    public ControllerActor(ControllerSettings settings, ControllerMachine machine, ControllerInbox inbox, IMetadataSink sink)
    {
        _settings = settings;
        _machine = machine;
        _inbox = inbox;
        _sink = sink;
        JournalPluginId = settings.JournalPluginId;
        SnapshotPluginId = settings.SnapshotPluginId;

        Recover<SnapshotOffer>(offer => _machine.Restore(((MetadataSnapshot)offer.Snapshot).Image));
        Recover<MetadataBatch>(Replay);
        Recover<RecoveryCompleted>(_ => TakeControl());
        Recover<object>(Skip);
        Command<CommandsWaiting>(_ => Drain(_inbox.TakeAll(_settings.MaxCommandsPerWrite)));
        Command<JournalLost>(lost => StepDown(lost.Reason));
        Command<SaveSnapshotSuccess>(OnSnapshotSaved);
        Command<SaveSnapshotFailure>(failure =>
            _log.Warning(failure.Cause, "The snapshot of the metadata at {0} failed; the journal keeps growing.",
                failure.Metadata.SequenceNr));
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteMessagesFailure>(failure => _log.Warning(failure.Cause, "The metadata journal could not be cut."));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(failure => _log.Warning(failure.Cause, "Old snapshots of the metadata could not be deleted."));
    }

    public override string PersistenceId => LogName;

    public static Props PropsFor(
        ControllerSettings settings, Func<ControllerMachine> machine, ControllerInbox inbox, IMetadataSink sink) =>
        Props.Create(() => new ControllerActor(settings, machine(), inbox, sink));

    protected override void PostStop()
    {
        _inbox.Detach();
        if (_inFlight.Count > 0)
        {
            var unsettled = new UnsettledCommands(_settings.NodeId, _machine.Image.ControllerEpoch,
                [.. _inFlight.Where(decided => decided.Reply is not ControlTaken)]);
            if (_loss is not (null or OwnerLoss.NoMajority)) _inbox.Leave(unsettled);
            else unsettled.Fail(UnsettledCommands.OutcomeUnknown);
            _inFlight.Clear();
        }

        base.PostStop();
    }

    /// <summary>A batch that the journal refuses is as lost as one that failed: the machine has applied it already.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        throw new InvalidOperationException("The journal rejected a metadata batch.", cause);
    }

    /// <summary>The actor ends after this.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        if (cause.GetBaseException() is not Quorum.QuorumException { Loss: { } loss }) return;
        _loss = loss;
        Context.Parent.Tell(new SteppedDown(loss, IsIdle: false), Self);
    }

    /// <summary>The journal is another one's now, or its voters are others, and nothing was being written.</summary>
    private void StepDown(OwnerLoss reason)
    {
        Context.Parent.Tell(new SteppedDown(reason, IsIdle: true), Self);
        Context.Stop(Self);
    }

    private void Replay(MetadataBatch batch)
    {
        _machine.Apply(batch);
        _batchesSinceSnapshot++;
    }

    /// <summary>
    /// The quorum journal ends each recovery with an entry of its own, by which it has committed what came before. The epoch of the term is
    /// a metadata record, written under that ballot.
    /// </summary>
    private static void Skip(object entry)
    {
        if (entry is not Quorum.BallotWon)
            throw new InvalidOperationException($"The controller's journal holds a {entry.GetType()}, which nobody can have written there.");
    }

    /// <summary>The term begins with a record of its epoch; commands are taken once it is durable.</summary>
    private void TakeControl()
    {
        _log.Info("The metadata were recovered: {0} topics at {1}.", _machine.Image.Topics.Count, _machine.Image.Offset);
        _sink.Recovered(_machine.Image);
        var command = new TakeControl(_settings.NodeId, _machine.Image.ControllerEpoch + 1, _settings.NewClusterId);
        Drain([new PendingCommand<ControlTaken>(command), .. _inbox.TakeUnsettled()?.Settle(_machine.Image) ?? []]);
    }

    private void Drain(List<PendingCommand> commands)
    {
        var batches = new List<MetadataBatch>();
        foreach (var command in commands)
        {
            var decision = _machine.Decide(command.Command);
            if (decision.Records.Count > 0)
            {
                var batch = _machine.ToBatch(decision.Records);
                _machine.Apply(batch);
                batches.Add(batch);
            }

            _inFlight.Add(new DecidedCommand(command, decision.Reply, _machine.Image.Offset));
        }

        _toPersist = batches.Count;
        if (batches.Count == 0) Release();
        else PersistAll(batches, OnPersisted);
    }

    private void OnPersisted(MetadataBatch batch)
    {
        _batchesSinceSnapshot++;
        _persisting.Add(batch);
        if (--_toPersist > 0) return;
        _sink.Committed([.. _persisting], _machine.Image);
        _persisting.Clear();
        Release();
        if (_batchesSinceSnapshot < _settings.SnapshotBatches) return;
        _batchesSinceSnapshot = 0;
        SaveSnapshot(new MetadataSnapshot(_machine.Image));
    }

    private void Release()
    {
        var position = new CommitPosition(_machine.Image.ControllerEpoch, _machine.Image.Offset);
        foreach (var (command, reply, _) in _inFlight)
        {
            command.Complete(reply, position);
            if (reply is ControlTaken taken) OnControlTaken(taken);
        }
        _inFlight.Clear();
    }

    private void OnControlTaken(ControlTaken taken)
    {
        _log.Info("This node is the controller of cluster {0} under epoch {1}.", _machine.Image.ClusterId, taken.ControllerEpoch);
        _inbox.Attach(Self);
    }

    private void OnSnapshotSaved(SaveSnapshotSuccess saved)
    {
        DeleteMessages(saved.Metadata.SequenceNr);
        DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1, DateTime.MaxValue, 0L, null));
    }
}

/// <summary>The controller's log is not this node's any more.</summary>
internal sealed record JournalLost(OwnerLoss Reason) : INoSerializationVerificationNeeded;

/// <summary>The controller ends because it has lost its journal; <paramref name="IsIdle"/> when nothing was being written.</summary>
internal sealed record SteppedDown(OwnerLoss Reason, bool IsIdle) : INoSerializationVerificationNeeded;
