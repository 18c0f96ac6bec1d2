using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>
/// Keeps events in memory for the life of the actor system: <c>akka.persistence.journal.inmem</c>. Replays may run while
/// another actor writes, so a lock guards each access.
/// </summary>
public class MemoryJournal : AsyncWriteJournal
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Log> _logs = [];

    public override Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        foreach (var persistent in Read(persistenceId, fromSequenceNr, toSequenceNr, max))
            recoveryCallback(persistent);
        return Task.CompletedTask;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr)
    {
        lock (_lock)
            return Task.FromResult(_logs.TryGetValue(persistenceId, out var log) ? log.Highest : 0L);
    }

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var now = DateTime.UtcNow.Ticks;
        lock (_lock)
        {
            foreach (var persistent in messages.SelectMany(w => w.Events))
            {
                if (!_logs.TryGetValue(persistent.PersistenceId, out var log))
                    _logs[persistent.PersistenceId] = log = new Log();
                log.Events.Add(persistent.WithTimestamp(now));
                log.Highest = Math.Max(log.Highest, persistent.SequenceNr);
            }
        }
        return Task.FromResult<IImmutableList<Exception>>(null!);
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr)
    {
        lock (_lock)
        {
            if (_logs.TryGetValue(persistenceId, out var log))
                log.Events.RemoveAll(e => e.SequenceNr <= toSequenceNr);
        }
        return Task.CompletedTask;
    }

    private List<IPersistentRepresentation> Read(string persistenceId, long from, long to, long max)
    {
        lock (_lock)
        {
            return _logs.TryGetValue(persistenceId, out var log)
                ? log.Events.Where(e => e.SequenceNr >= from && e.SequenceNr <= to).Take((int)Math.Min(max, int.MaxValue)).ToList()
                : [];
        }
    }

    private sealed class Log
    {
        public List<IPersistentRepresentation> Events { get; } = [];

        public long Highest { get; set; }
    }
}
