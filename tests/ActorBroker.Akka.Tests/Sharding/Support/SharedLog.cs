namespace ActorBroker.Akka.Tests.Sharding.Support;

public sealed record SharedEntry(long SequenceNr, byte[] Bytes, int SerializerId, string Manifest, string Writer);

/// <summary>One log of the shared journal.</summary>
public sealed class SharedLog
{
    private readonly Lock _lock = new();
    private readonly List<SharedEntry> _entries = [];
    private long _highest;

    public volatile bool FailsWrites;

    public int Recoveries { get; private set; }

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    public void Append(SharedEntry entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
            _highest = Math.Max(_highest, entry.SequenceNr);
        }
    }

    public long AppendOwn()
    {
        lock (_lock)
        {
            Recoveries++;
            _highest++;
            _entries.Add(new SharedEntry(_highest, [], 0, "", "journal"));
            return _highest;
        }
    }

    public SharedEntry[] Read(long from, long to)
    {
        lock (_lock)
            return [.. _entries.Where(e => e.SequenceNr >= from && e.SequenceNr <= to)];
    }

    public void DeleteTo(long to)
    {
        lock (_lock)
            _entries.RemoveAll(e => e.SequenceNr <= to);
    }
}
