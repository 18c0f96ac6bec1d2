using System.Buffers.Binary;
using System.Collections.Immutable;
using ActorBroker.Core.Quorum;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// The journal of a cluster's metadata: each persistence id is a log of its own, kept by the voters, written by whoever has won its ballot.
/// Goes together with <see cref="QuorumSnapshotStore"/>.
///
/// <b>When the ballot is won.</b> Akka.Persistence loads the snapshot before it asks the journal for the highest sequence number and the
/// events. Both must come from one adopted log, or events between an old snapshot and a cut log would be missing. So the snapshot store
/// wins the ballot: it collects promises, adopts, and has the log and the BallotWon entry on a majority before it answers; the journal
/// then replays that very log. An actor that loads no snapshot wins the ballot in <see cref="ReadHighestSequenceNrAsync"/>. Either way it
/// is won before replay begins, and the actor learns of it by the <see cref="BallotWon"/> that is the last event it replays. A ballot that
/// is lost between the two does no harm: the actor comes up with a state that was true, and its first write fails.
///
/// <b>Writes.</b> What Akka hands over at once is appended at once; an atomic write is one entry. It is acknowledged when a majority has it
/// on disk. A lost ballot or a missing majority is a failed write: nobody knows whether the entry comes to be, the actor must stop and
/// recover. Nothing is ever rejected.
///
/// <b>Deleting.</b> Events are deleted up to a snapshot that a majority has, and not beyond: that fails with an error.
/// </summary>
public sealed class QuorumJournal : AsyncWriteJournal
{
    /// <summary>The plugin's id.</summary>
    public const string PluginId = "akka.persistence.journal.actorbroker-quorum";

    private readonly QuorumAccess _access;
    private readonly AkkaSerialization _serialization;

    public QuorumJournal(Config config)
    {
        _access = QuorumAccess.Get(Context.System);
        _serialization = Context.System.Serialization;
    }

    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr)
    {
        var recovered = await _access.ForReplayAsync(persistenceId).ConfigureAwait(false);
        return recovered.HighestSequenceNr;
    }

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        var recovered = _access.Recovered(persistenceId);
        long replayed = 0;
        foreach (var entry in recovered.Log.Entries)
        {
            if (entry.Last < fromSequenceNr) continue;
            foreach (var message in Decode(persistenceId, entry))
            {
                if (message.SequenceNr < fromSequenceNr || message.SequenceNr > toSequenceNr || replayed >= max) continue;
                recoveryCallback(message);
                replayed++;
            }
        }

        recovered.Release();
        return Task.CompletedTask;
    }

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var logs = new Dictionary<string, List<(long, long, ReadOnlyMemory<byte>)>>(StringComparer.Ordinal);
        foreach (var write in messages)
        {
            var events = (IImmutableList<IPersistentRepresentation>)write.Payload;
            if (!logs.TryGetValue(write.PersistenceId, out var writes)) logs.Add(write.PersistenceId, writes = []);
            writes.Add((events[0].SequenceNr, events[events.Count - 1].SequenceNr, QuorumEventCodec.Write(_serialization, events)));
        }

        var appends = new List<Task>(logs.Count);
        foreach (var (log, writes) in logs)
        {
            var done = QuorumAccess.NewCompletion<bool>();
            _access.Client.Tell(new AppendToLog(log, _access.Recovered(log).Session, writes, done), ActorRefs.NoSender);
            appends.Add(done.Task);
        }

        await Task.WhenAll(appends).ConfigureAwait(false);
        return null!;
    }

    protected override async Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr)
    {
        var done = QuorumAccess.NewCompletion<bool>();
        _access.Client.Tell(new CutLog(persistenceId, _access.Recovered(persistenceId).Session, toSequenceNr, done), ActorRefs.NoSender);
        await done.Task.ConfigureAwait(false);
    }

    private IEnumerable<IPersistentRepresentation> Decode(string persistenceId, QuorumEntry entry)
    {
        if (entry.Kind != QuorumEntryKind.BallotWon) return QuorumEventCodec.Read(_serialization, persistenceId, entry.First, entry.Bytes);
        var won = new BallotWon(entry.Ballot.Value, entry.Ballot.Node, BinaryPrimitives.ReadInt64BigEndian(entry.Bytes.Span));
        // A writer of its own for each ballot, so that no replay filter takes it for something an old writer has left.
        return [new Persistent(won, entry.Last, persistenceId, "", false, ActorRefs.NoSender, $"ballot-{entry.Ballot.Value}", 0L)];
    }
}
