using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorBroker.Actors.Tests.Controller;

/// <summary>
/// One log in memory for all actor systems of the process, with the quorum journal's one promise: who recovers takes the next ballot, and
/// from then on nobody writes under an earlier one.
/// </summary>
public sealed class BallotJournal : AsyncWriteJournal
{
    public const string Id = "akka.persistence.journal.ballot";

    private static readonly Lock Gate = new();
    private static readonly List<IPersistentRepresentation> Log = [];
    private static long s_ballot;

    private long _ballot = -1;

    public static void Reset()
    {
        lock (Gate)
        {
            Log.Clear();
            s_ballot = 0;
        }
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr)
    {
        lock (Gate)
        {
            _ballot = ++s_ballot;
            return Task.FromResult(Log.Count == 0 ? 0 : Log[^1].SequenceNr);
        }
    }

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        IPersistentRepresentation[] stored;
        lock (Gate) stored = [.. Log];
        foreach (var message in stored)
            if (message.SequenceNr >= fromSequenceNr && message.SequenceNr <= toSequenceNr) recoveryCallback(message);
        return Task.CompletedTask;
    }

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        lock (Gate)
        {
            if (_ballot != s_ballot) throw new IOException($"Ballot {_ballot} was lost to {s_ballot}.");
            foreach (var write in messages) Log.AddRange((IImmutableList<IPersistentRepresentation>)write.Payload);
        }
        return Task.FromResult<IImmutableList<Exception>>(null!);
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr)
    {
        lock (Gate) Log.RemoveAll(message => message.SequenceNr <= toSequenceNr);
        return Task.CompletedTask;
    }
}
