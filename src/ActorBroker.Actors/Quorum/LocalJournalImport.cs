using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Storage.Journal;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// Takes the metadata of a node that has run alone into the quorum: the controller's newest snapshot and the events behind it, from the
/// local journal, as the first log of the first voter.
///
/// <b>Safe against a crash at any point.</b> The records go into the voter's file in one frame, before the frame that makes the node a voter
/// of a cluster. As long as that second frame is missing the file belongs to no cluster, and the next start imports again, from a journal
/// that nobody writes to any more; importing twice gives the same log. When it is there the local journal is history: it is left as it is,
/// and the quorum's log is the truth.
///
/// The imported log is committed only when the first owner writes its BallotWon behind it. Until then this node must be the only voter:
/// <see cref="BootstrapPlanner"/> makes a cluster of one out of such a node, and others are added one by one.
/// </summary>
public static class LocalJournalImport
{
    /// <summary>The records for the voter's file; none when the journal has nothing of the persistence id.</summary>
    /// <param name="journalPath">The local journal, <c>actorbroker.journal</c>.</param>
    /// <param name="snapshotDirectory">Where its snapshots are.</param>
    /// <param name="persistenceId">The controller's.</param>
    public static IReadOnlyList<AcceptorRecord> Read(string journalPath, string snapshotDirectory, string persistenceId)
    {
        if (!File.Exists(journalPath)) return [];
        using var journal = JournalFile.Open(journalPath);
        var start = NewestSnapshot(snapshotDirectory, persistenceId);
        var records = new List<AcceptorRecord> { new LogStarted(persistenceId, start?.Position ?? LogPosition.Origin) };
        if (start is not null) records.Add(new SnapshotInstalled(persistenceId, Ballot.None, start));

        var last = start?.SequenceNr ?? 0;
        var entries = new List<QuorumEntry>();
        journal.Replay(persistenceId, last + 1, long.MaxValue, long.MaxValue, stored =>
        {
            if (stored.SequenceNr != last + 1)
                throw new InvalidDataException(
                    $"{journalPath}: event {last + 1} of {persistenceId} is missing before {stored.SequenceNr}; the metadata cannot be taken over.");
            var bytes = QuorumEventCodec.FromStored(stored.WriterId, stored.SerializerId, stored.Manifest, stored.Payload);
            entries.Add(new QuorumEntry(stored.SequenceNr, stored.SequenceNr, Ballot.None, QuorumEntryKind.Events, bytes));
            last = stored.SequenceNr;
        });
        if (entries.Count > 0) records.Add(new EntriesAccepted(persistenceId, Ballot.None, start?.SequenceNr ?? 0, entries));
        return records;
    }

    private static QuorumSnapshot? NewestSnapshot(string directory, string persistenceId)
    {
        var files = new ActorSnapshotFiles(directory);
        foreach (var name in files.Newest(persistenceId))
        {
            if (!files.TryRead(name, out var content)) continue;
            using var writer = new WireWriter(content.Payload.Length + 64);
            QuorumEventCodec.WriteObject(writer, content.SerializerId, content.Manifest, content.Payload);
            return new QuorumSnapshot(new LogPosition(Ballot.None, name.SequenceNr), name.Ticks, writer.WrittenSpan.ToArray());
        }

        return null;
    }
}
