using System.Buffers.Binary;
using System.Security.Cryptography;
using ActorBroker.Core.Quorum;

namespace ActorBroker.Simulation.Tests.Quorum;

/// <summary>
/// What must hold in every schedule:
/// <b>CommittedIsFinal</b>: an acknowledged entry is never lost or changed;
/// <b>LogsAgree</b>: one position means one entry and one entry before it, everywhere;
/// <b>OneOwnerPerBallot</b>: a ballot is won once;
/// <b>NoStaleCommit</b>: what an owner gets committed is in the log of every owner that won a higher ballot;
/// <b>SnapshotIsTrue</b>: a snapshot is the state at its position;
/// <b>OneSetPerEpoch</b>: an epoch's voter set is decided once, and is one voter away from the one before;
/// <b>ComesBack</b>: when everything is healed both logs are owned again and reach every voter.
/// </summary>
internal sealed class QuorumInvariants(QuorumWorld world)
{
    private readonly Dictionary<string, List<QuorumEntry>> _committed = [];
    private readonly Dictionary<(string Log, LogPosition At), (QuorumEntry Entry, LogPosition Before)> _entries = [];
    private readonly Dictionary<(string Log, Ballot Ballot), long> _winners = [];
    private readonly Dictionary<string, List<(Ballot Ballot, QuorumLog Log)>> _taken = [];
    private readonly Dictionary<int, VoterSet> _sets = [];
    private readonly Dictionary<string, int> _takenWhenHealed = [];

    public int Commits { get; private set; }

    public int Takeovers { get; private set; }

    public int ChangesDone { get; set; }

    public int Epochs => _sets.Count;

    public VoterSet Newest => _sets[_sets.Keys.Max()];

    public void Decided(VoterSet set)
    {
        if (!_sets.TryAdd(set.Epoch, set))
        {
            world.Require(_sets[set.Epoch].Equals(set), $"OneSetPerEpoch: {_sets[set.Epoch]} and {set}");
            return;
        }

        if (_sets.TryGetValue(set.Epoch - 1, out var before))
            world.Require(before.Voters.Except(set.Voters).Count() + set.Voters.Except(before.Voters).Count() <= 1, $"OneSetPerEpoch: {before} then {set}");
    }

    public void Written(SimulatedNode node, IReadOnlyList<AcceptorRecord> records)
    {
        foreach (var record in records)
        {
            if (record is VotersDecided decided) Decided(decided.Voters);
            if (record is not EntriesAccepted accepted) continue;
            var log = node.Acceptor!.LogOf(accepted.Log)!;
            var before = log.Start;
            foreach (var entry in log.Entries)
            {
                if (entry.Last > accepted.AfterSequenceNr) CheckEntry(accepted.Log, entry, before);
                before = entry.Position;
            }
        }
    }

    public void Taken(string log, Ballot ballot, long nonce, QuorumLog adopted)
    {
        Takeovers++;
        if (world.IsHealed) _takenWhenHealed[log] = _takenWhenHealed.GetValueOrDefault(log) + 1;
        world.Require(_winners.TryAdd((log, ballot), nonce), $"OneOwnerPerBallot: {ballot} of {log} was won twice");

        // An owner may hear of its majority when a higher ballot has been won since: it needs what was written below its own only.
        foreach (var entry in CommittedOf(log))
            if (entry.Ballot < ballot) CheckHolds(adopted, entry, $"CommittedIsFinal: {log} under {ballot}");
        if (adopted.Snapshot is { } snapshot)
            world.Require(snapshot.Bytes.Span.SequenceEqual(Digest(log, snapshot.SequenceNr)), $"SnapshotIsTrue: {log} at {snapshot.SequenceNr}");
        if (!_taken.TryGetValue(log, out var taken)) _taken.Add(log, taken = []);
        taken.Add((ballot, adopted));
    }

    public void Committed(string log, Ballot ballot, QuorumLog owned, long upTo)
    {
        var committed = CommittedOf(log);
        foreach (var entry in owned.Entries)
        {
            if (entry.Last > upTo) break;
            var known = committed.Find(other => other.Last >= entry.First);
            if (known is not null)
            {
                world.Require(Same(known, entry), $"CommittedIsFinal: {log} at {entry.Last}: {known.Position} became {entry.Position}");
                continue;
            }

            Commits++;
            committed.Add(entry);
            foreach (var (other, theirs) in _taken.GetValueOrDefault(log) ?? [])
                if (other > ballot) CheckHolds(theirs, entry, $"NoStaleCommit: {log} under {ballot} after {other}");
        }
    }

    /// <summary>The state of a log at a committed sequence number: a hash of everything up to it.</summary>
    public byte[] Digest(string log, long sequenceNr)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var number = new byte[8];
        foreach (var entry in CommittedOf(log))
        {
            if (entry.First > sequenceNr) break;
            BinaryPrimitives.WriteInt64BigEndian(number, Math.Min(entry.Last, sequenceNr));
            hash.AppendData(number);
            hash.AppendData(entry.Bytes.Span);
        }

        return hash.GetHashAndReset();
    }

    public void CheckEnd()
    {
        var newest = Newest;
        foreach (var log in SimulatedNode.LogNames)
        {
            world.Require(_takenWhenHealed.GetValueOrDefault(log) > 0, $"ComesBack: nobody owns {log}; the voters are {newest}");
            var last = CommittedOf(log)[^1];
            foreach (var voter in newest.Voters)
            {
                if (world.Node(voter.Id).Acceptor!.FileId != voter.FileId) continue;
                var copy = world.Node(voter.Id).Acceptor!.LogOf(log);
                world.Require(copy is not null && copy.Last >= last.Position, $"ComesBack: {log} at {voter.Id} ends {copy?.Last}, not {last.Position}");
                foreach (var entry in CommittedOf(log)) CheckHolds(copy!, entry, $"CommittedIsFinal: {log} at voter {voter.Id}");
            }
        }
    }

    private void CheckEntry(string log, QuorumEntry entry, LogPosition before)
    {
        if (_entries.TryAdd((log, entry.Position), (entry, before))) return;
        var (known, knownBefore) = _entries[(log, entry.Position)];
        world.Require(Same(known, entry), $"LogsAgree: {log} at {entry.Position} has two contents");
        // Where a log was cut or begins with a snapshot, what was before is not known exactly.
        var isKnown = before.SequenceNr == entry.First - 1 && knownBefore.SequenceNr == entry.First - 1;
        world.Require(!isKnown || knownBefore == before, $"LogsAgree: {log} at {entry.Position} follows {knownBefore} and {before}");
    }

    private void CheckHolds(QuorumLog log, QuorumEntry entry, string what)
    {
        if (entry.Last <= log.Start.SequenceNr || entry.Last <= log.SnapshotSequenceNr) return;
        var held = log.Entries.FirstOrDefault(other => other.Last == entry.Last);
        world.Require(held is not null && Same(held, entry), $"{what}: {entry.Position} is not there, but {held?.Position}; the log ends {log.Last}");
    }

    private static bool Same(QuorumEntry a, QuorumEntry b) =>
        a.First == b.First && a.Last == b.Last && a.Ballot == b.Ballot && a.Kind == b.Kind && a.Bytes.Span.SequenceEqual(b.Bytes.Span);

    private List<QuorumEntry> CommittedOf(string log)
    {
        if (!_committed.TryGetValue(log, out var list)) _committed.Add(log, list = []);
        return list;
    }
}
