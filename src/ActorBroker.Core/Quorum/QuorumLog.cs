namespace ActorBroker.Core.Quorum;

/// <summary>
/// The log of one persistence id, as an acceptor keeps it and as an owner holds it in memory: at most one snapshot, and the entries behind
/// <see cref="Start"/>.
///
/// Invariants: entries follow each other without a hole; ballots never fall; what lies at or before <see cref="Start"/> is committed and in
/// the snapshot, so the snapshot never ends before <see cref="Start"/>. An entry may begin before <see cref="Start"/> when a snapshot was
/// taken in the middle of an atomic write.
/// </summary>
public sealed class QuorumLog
{
    private readonly List<QuorumEntry> _entries = [];

    public QuorumSnapshot? Snapshot { get; private set; }

    /// <summary>Up to here everything is cut.</summary>
    public LogPosition Start { get; private set; }

    public IReadOnlyList<QuorumEntry> Entries => _entries;

    public LogPosition Last => _entries.Count > 0 ? _entries[^1].Position : Start;

    public bool IsEmpty => _entries.Count == 0 && Snapshot is null;

    public long SnapshotSequenceNr => Snapshot?.SequenceNr ?? 0;

    /// <summary>Bytes of snapshot and entries together.</summary>
    public long Size { get; private set; }

    /// <summary>Whether the log agrees with one that has this position; asked for positions from <see cref="Start"/> on.</summary>
    public bool Contains(LogPosition position)
    {
        if (position.SequenceNr == Start.SequenceNr) return position.Ballot == Start.Ballot;
        return Find(position.SequenceNr) is { } entry && entry.Ballot == position.Ballot;
    }

    /// <summary>The position of a sequence number that the log has, or of <see cref="Start"/>.</summary>
    public LogPosition PositionOf(long sequenceNr) =>
        sequenceNr == Start.SequenceNr ? Start
        : Find(sequenceNr) is { } entry ? new LogPosition(entry.Ballot, sequenceNr)
        : throw new ArgumentOutOfRangeException(nameof(sequenceNr), sequenceNr, $"not between {Start} and {Last}");

    /// <summary>The last sequence number, not above the given one, at which an entry ends.</summary>
    public long BoundaryAtOrBelow(long sequenceNr)
    {
        var at = IndexAfter(sequenceNr);
        return at > 0 ? _entries[at - 1].Last : Start.SequenceNr;
    }

    /// <summary>The entries that end behind the sequence number, up to so many bytes, but at least one.</summary>
    public List<QuorumEntry> After(long sequenceNr, int maxBytes)
    {
        var found = new List<QuorumEntry>();
        var bytes = 0;
        for (var i = IndexAfter(sequenceNr); i < _entries.Count; i++)
        {
            bytes += _entries[i].Size;
            if (found.Count > 0 && bytes > maxBytes) break;
            found.Add(_entries[i]);
        }

        return found;
    }

    public void Append(QuorumEntry entry)
    {
        var last = Last;
        if (entry.First > last.SequenceNr + 1 || entry.Last <= last.SequenceNr || entry.First > entry.Last || entry.Ballot < last.Ballot)
            throw new InvalidOperationException($"entry {entry.First}-{entry.Last}/{entry.Ballot} does not follow {last}");
        _entries.Add(entry);
        Size += entry.Size;
    }

    /// <summary>Takes the entries away that end behind the sequence number; nobody may have been told that they are committed.</summary>
    public void TruncateAfter(long sequenceNr)
    {
        var from = IndexAfter(sequenceNr);
        if (from == _entries.Count) return;
        if (_entries[from].First <= SnapshotSequenceNr)
            throw new InvalidOperationException($"a log with a snapshot at {SnapshotSequenceNr} cannot be cut back to {sequenceNr}");
        for (var i = from; i < _entries.Count; i++) Size -= _entries[i].Size;
        _entries.RemoveRange(from, _entries.Count - from);
    }

    /// <summary>
    /// Keeps a newer snapshot. A log that does not reach it, or disagrees with it, is worth nothing any more: it starts anew there.
    /// </summary>
    public void Install(QuorumSnapshot snapshot)
    {
        if (snapshot.SequenceNr <= SnapshotSequenceNr) return;
        if (snapshot.SequenceNr < Start.SequenceNr || !Contains(snapshot.Position)) Restart(snapshot.Position);
        Size += snapshot.Bytes.Length - (Snapshot?.Bytes.Length ?? 0);
        Snapshot = snapshot;
    }

    /// <summary>Drops the entries that end at or before the sequence number, as far as the snapshot has them.</summary>
    public void CutTo(long sequenceNr)
    {
        var count = IndexAfter(Math.Min(sequenceNr, SnapshotSequenceNr));
        if (count == 0) return;
        Start = _entries[count - 1].Position;
        for (var i = 0; i < count; i++) Size -= _entries[i].Size;
        _entries.RemoveRange(0, count);
    }

    /// <summary>An empty log that goes on behind a position; the snapshot up to there follows.</summary>
    public void Restart(LogPosition start)
    {
        _entries.Clear();
        Start = start;
        Size = Snapshot?.Bytes.Length ?? 0;
    }

    /// <summary>The log's own copy; the bytes are shared, nobody writes to them.</summary>
    public QuorumLog Copy()
    {
        var copy = new QuorumLog { Snapshot = Snapshot, Start = Start, Size = Size };
        copy._entries.AddRange(_entries);
        return copy;
    }

    private QuorumEntry? Find(long sequenceNr)
    {
        var at = IndexAfter(sequenceNr - 1);
        return at < _entries.Count && _entries[at].First <= sequenceNr && sequenceNr > Start.SequenceNr ? _entries[at] : null;
    }

    /// <summary>The index of the first entry that ends behind the sequence number.</summary>
    private int IndexAfter(long sequenceNr)
    {
        var low = 0;
        var high = _entries.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_entries[middle].Last <= sequenceNr) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
