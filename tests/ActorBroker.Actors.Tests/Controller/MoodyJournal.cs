using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorBroker.Actors.Tests.Controller;

/// <summary>A journal that fails a write when told to: before or after it has stored what it was given.</summary>
public sealed class MoodyJournal : AsyncWriteJournal
{
    public const string Id = "akka.persistence.journal.moody";

    /// <summary>What the next writes do, in order; good ones when nothing is left.</summary>
    public static ConcurrentQueue<Mood> Moods { get; } = new();

    public static List<IPersistentRepresentation> Stored { get; } = [];

    public static int Writes;

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
            Action<IPersistentRepresentation> recoveryCallback)
    {
        IPersistentRepresentation[] stored;
        lock (Stored) stored = [.. Stored];
        foreach (var message in stored)
            if (message.SequenceNr >= fromSequenceNr && message.SequenceNr <= toSequenceNr) recoveryCallback(message);
        return Task.CompletedTask;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr)
    {
        lock (Stored) return Task.FromResult(Stored.Count == 0 ? 0 : Stored[^1].SequenceNr);
    }

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        Interlocked.Increment(ref Writes);
        Moods.TryDequeue(out var mood);
        if (mood != Mood.FailBefore)
        {
            lock (Stored)
                foreach (var write in messages) Stored.AddRange((IImmutableList<IPersistentRepresentation>)write.Payload);
        }
        if (mood != Mood.Good) throw new IOException("The disk refused.");
        return Task.FromResult<IImmutableList<Exception>>(null!);
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr)
    {
        lock (Stored) Stored.RemoveAll(message => message.SequenceNr <= toSequenceNr);
        return Task.CompletedTask;
    }

    public static void Reset()
    {
        Moods.Clear();
        lock (Stored) Stored.Clear();
        Writes = 0;
    }
}

public enum Mood
{
    Good,
    FailBefore,
    FailAfter,
}
