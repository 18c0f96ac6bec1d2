namespace ActorBroker.Storage.Journal;

/// <summary>
/// Where each live event of each persistence id lies in the file. Guarded by its own lock: written by the one drain that runs, read by
/// replays.
/// Knows how many bytes of the file are still needed, which decides when it is rewritten.
/// </summary>
internal sealed class JournalIndex
{
    private readonly Dictionary<string, History> _histories = new(StringComparer.Ordinal);

    public readonly record struct Location(long SequenceNr, long Position, int Length);

    public long LiveBytes { get; private set; }

    public void Apply(JournalCodec.Kind kind, string persistenceId, long sequenceNr, long position, int length)
    {
        lock (_histories)
        {
            if (!_histories.TryGetValue(persistenceId, out var history)) _histories.Add(persistenceId, history = new History());
            history.Highest = Math.Max(history.Highest, sequenceNr);
            if (kind == JournalCodec.Kind.Event)
            {
                history.Events.Add(new Location(sequenceNr, position, length));
                LiveBytes += length;
            }
            else if (kind == JournalCodec.Kind.DeletedTo)
            {
                LiveBytes -= history.DeleteTo(sequenceNr);
            }
        }
    }

    public long HighestSequenceNr(string persistenceId)
    {
        lock (_histories) return _histories.TryGetValue(persistenceId, out var history) ? history.Highest : 0;
    }

    public List<Location> Range(string persistenceId, long from, long to, long max)
    {
        var found = new List<Location>();
        lock (_histories)
        {
            if (!_histories.TryGetValue(persistenceId, out var history)) return found;
            foreach (var location in history.Events)
            {
                if (found.Count >= max) break;
                if (location.SequenceNr >= from && location.SequenceNr <= to) found.Add(location);
            }
        }

        return found;
    }

    /// <summary>Everything that a rewritten file must hold, in an order that keeps each id's events in sequence.</summary>
    public List<(string PersistenceId, long Highest, List<Location> Events)> Snapshot()
    {
        lock (_histories)
        {
            var all = new List<(string, long, List<Location>)>(_histories.Count);
            foreach (var (id, history) in _histories) all.Add((id, history.Highest, [.. history.Events]));
            return all;
        }
    }

    private sealed class History
    {
        public long Highest;
        public readonly List<Location> Events = new(1);

        public long DeleteTo(long sequenceNr)
        {
            long freed = 0;
            var count = 0;
            while (count < Events.Count && Events[count].SequenceNr <= sequenceNr) freed += Events[count++].Length;
            Events.RemoveRange(0, count);
            return freed;
        }
    }
}
