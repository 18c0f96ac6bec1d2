using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Quorum;

public sealed class AcceptorMachineTests
{
    private static readonly Uuid File = new(1, 1);
    private readonly AcceptorMachine _acceptor = new();

    public AcceptorMachineTests()
    {
        _acceptor.Apply(new VoterCreated(1, File));
        _acceptor.Apply(new ClusterJoined("c"));
        _acceptor.Apply(new VotersDecided(new VoterSet(1, [new Voter(1, File, "h", 1)])));
    }

    [Fact]
    public void A_promise_is_kept_against_lower_ballots_and_against_another_asker_of_the_same()
    {
        Assert.IsType<Promised>(Ask(new Prepare(1, "a", 1, Ballot.Of(5, 2), 70)));
        Assert.Equal(Ballot.Of(5, 2), Refusal(new Prepare(2, "a", 1, Ballot.Of(4, 3), 71), QuorumRefusal.LostBallot).Promised);
        Refusal(new Prepare(3, "a", 1, Ballot.Of(5, 2), 72), QuorumRefusal.LostBallot);
        Assert.IsType<Promised>(Ask(new Prepare(4, "a", 1, Ballot.Of(5, 2), 70)));
        Refusal(Append(Ballot.Of(4, 3), LogPosition.Origin, Entry(1, 4)), QuorumRefusal.LostBallot);
        Assert.IsType<Promised>(Ask(new Prepare(5, "b", 1, Ballot.Of(1, 1), 1)));
    }

    [Fact]
    public void Deciding_changes_nothing()
    {
        var decision = _acceptor.Decide(Call(Append(Ballot.Of(1, 1), LogPosition.Origin, Entry(1, 1))));
        Assert.Single(decision.Records);
        Assert.Null(_acceptor.LogOf("a"));
        Assert.Equal(Ballot.None, _acceptor.PromisedOf("a"));
    }

    [Fact]
    public void Entries_are_taken_only_behind_a_position_that_the_log_has()
    {
        Ask(Append(Ballot.Of(1, 1), LogPosition.Origin, Entry(1, 1), Entry(2, 1)));
        Assert.Equal(2, Assert.IsType<Mismatched>(Ask(Append(Ballot.Of(2, 2), new LogPosition(Ballot.Of(1, 1), 7), Entry(8, 2)))).Hint);
        Assert.Equal(1, Assert.IsType<Mismatched>(Ask(Append(Ballot.Of(2, 2), new LogPosition(Ballot.Of(2, 2), 2), Entry(3, 2)))).Hint);
        Assert.Equal(3, Assert.IsType<Accepted>(Ask(Append(Ballot.Of(2, 2), new LogPosition(Ballot.Of(1, 1), 2), Entry(3, 2)))).Match);
    }

    [Fact]
    public void What_a_higher_ballot_writes_replaces_what_was_left_from_the_first_difference_on()
    {
        Ask(Append(Ballot.Of(1, 1), LogPosition.Origin, Entry(1, 1), Entry(2, 1), Entry(3, 1)));
        Ask(Append(Ballot.Of(2, 2), LogPosition.Origin, Entry(1, 1), Entry(2, 2)));
        Assert.Equal([(1L, 1), (2L, 2)], _acceptor.LogOf("a")!.Entries.Select(entry => (entry.Last, entry.Ballot.Round)));
    }

    [Fact]
    public void A_request_that_comes_twice_changes_nothing()
    {
        var append = Append(Ballot.Of(1, 1), LogPosition.Origin, Entry(1, 1));
        Ask(append);
        Ask(Append(Ballot.Of(1, 1), new LogPosition(Ballot.Of(1, 1), 1), Entry(2, 1)));
        var decision = _acceptor.Decide(Call(append));
        Assert.Empty(decision.Records);
        Assert.Equal(2, _acceptor.LogOf("a")!.Last.SequenceNr);
    }

    [Fact]
    public void What_is_committed_is_never_replaced()
    {
        Ask(Append(Ballot.Of(1, 1), LogPosition.Origin, Entry(1, 1)));
        Ask(new AppendEntries(9, "a", 1, Ballot.Of(1, 1), new LogPosition(Ballot.Of(1, 1), 1), [], 1, 0));
        Assert.Throws<InvalidOperationException>(() => Ask(Append(Ballot.Of(2, 2), LogPosition.Origin, Entry(1, 2))));
    }

    [Fact]
    public void A_snapshot_carries_a_log_that_lags_or_disagrees_and_leaves_one_that_agrees()
    {
        Ask(Append(Ballot.Of(1, 1), LogPosition.Origin, Entry(1, 1), Entry(2, 1), Entry(3, 1)));
        Ask(new InstallSnapshot(1, "a", 1, Ballot.Of(1, 1), Snapshot(2, 1)));
        Assert.Equal((0L, 2L, 3L), Shape());
        Ask(new AppendEntries(2, "a", 1, Ballot.Of(1, 1), new LogPosition(Ballot.Of(1, 1), 3), [], 3, 9));
        Assert.Equal((2L, 2L, 3L), Shape());
        Ask(new InstallSnapshot(3, "a", 1, Ballot.Of(2, 2), Snapshot(9, 2)));
        Assert.Equal((9L, 9L, 9L), Shape());
        Assert.Equal(10, Assert.IsType<Accepted>(Ask(Append(Ballot.Of(2, 2), new LogPosition(Ballot.Of(2, 2), 9), Entry(10, 2)))).Match);
    }

    [Fact]
    public void A_snapshot_in_the_middle_of_an_atomic_write_fits()
    {
        var wide = new QuorumEntry(1, 5, Ballot.Of(1, 1), QuorumEntryKind.Events, new byte[1]);
        Ask(Append(Ballot.Of(1, 1), LogPosition.Origin, wide, Entry(6, 1)));
        Ask(new InstallSnapshot(1, "a", 1, Ballot.Of(1, 1), Snapshot(3, 1)));
        Ask(new AppendEntries(2, "a", 1, Ballot.Of(1, 1), new LogPosition(Ballot.Of(1, 1), 6), [], 6, 3));
        Assert.Equal((0L, 3L, 6L), Shape());

        var other = new QuorumLog();
        other.Install(Snapshot(3, 1));
        Assert.Equal([5L, 6L], _acceptor.LogOf("a")!.After(3, 1000).Select(entry => entry.Last));
        foreach (var entry in _acceptor.LogOf("a")!.After(3, 1000)) other.Append(entry);
        Assert.True(other.Contains(new LogPosition(Ballot.Of(1, 1), 4)));
    }

    [Fact]
    public void Whoever_accepted_a_voter_set_refuses_the_epochs_before()
    {
        var next = new VoterSet(2, [new Voter(1, File, "h", 1), new Voter(2, new Uuid(2, 2), "h", 2)]);
        Assert.IsType<VotersPromised>(Ask(new PrepareVoters(1, 1, Ballot.Of(3, 1), 5)));
        Refusal(new AcceptVoters(2, Ballot.Of(2, 1), next), QuorumRefusal.LostBallot);
        Assert.IsType<VotersAccepted>(Ask(new AcceptVoters(3, Ballot.Of(3, 1), next)));
        Refusal(new Prepare(4, "a", 1, Ballot.Of(9, 1), 1), QuorumRefusal.VotersInDoubt);
        Assert.Equal(next, Assert.IsType<VotersPromised>(Ask(new PrepareVoters(5, 1, Ballot.Of(4, 2), 6))).Accepted);
        Ask(new LearnVoters(6, "c", next));
        Refusal(new Prepare(7, "a", 1, Ballot.Of(9, 1), 1), QuorumRefusal.StaleVoters);
        Assert.IsType<Promised>(Ask(new Prepare(8, "a", 2, Ballot.Of(9, 1), 1)));
    }

    [Fact]
    public void Another_cluster_and_another_file_are_refused()
    {
        var prepare = new Prepare(1, "a", 1, Ballot.Of(9, 1), 1);
        Assert.Equal(QuorumRefusal.WrongCluster, Assert.IsType<Refused>(_acceptor.Decide(new QuorumCall("d", File, prepare)).Reply).Reason);
        Assert.Equal(QuorumRefusal.WrongFile, Assert.IsType<Refused>(_acceptor.Decide(new QuorumCall("c", new Uuid(3, 3), prepare)).Reply).Reason);
    }

    [Fact]
    public void An_empty_acceptor_takes_part_in_nothing_until_a_set_names_its_file()
    {
        var empty = new AcceptorMachine();
        empty.Apply(new VoterCreated(2, new Uuid(2, 2)));
        Assert.IsType<Refused>(empty.Decide(new QuorumCall("c", new Uuid(2, 2), new Prepare(1, "a", 1, Ballot.Of(1, 1), 1))).Reply);
        var without = new LearnVoters(2, "c", new VoterSet(1, [new Voter(1, File, "h", 1)]));
        Assert.IsType<Refused>(empty.Decide(new QuorumCall("c", new Uuid(2, 2), without)).Reply);
        var with = new LearnVoters(3, "c", new VoterSet(2, [new Voter(1, File, "h", 1), new Voter(2, new Uuid(2, 2), "h", 2)]));
        var decision = empty.Decide(new QuorumCall("c", new Uuid(2, 2), with));
        Assert.Equal(2, decision.Records.Count);
    }

    [Fact]
    public void Its_records_rebuild_it_exactly()
    {
        Ask(Append(Ballot.Of(1, 1), LogPosition.Origin, Entry(1, 1), Entry(2, 1), Entry(3, 1)));
        Ask(new InstallSnapshot(1, "a", 1, Ballot.Of(1, 1), Snapshot(2, 1)));
        Ask(new AppendEntries(2, "a", 1, Ballot.Of(1, 1), new LogPosition(Ballot.Of(1, 1), 3), [], 3, 1));
        Ask(new Prepare(3, "a", 1, Ballot.Of(7, 4), 44));
        Ask(new PrepareVoters(4, 1, Ballot.Of(3, 1), 5));

        using var writer = new WireWriter();
        foreach (var record in _acceptor.ToRecords()) AcceptorRecordCodec.Write(writer, record);
        var copy = new AcceptorMachine();
        var reader = new WireReader(writer.WrittenSpan.ToArray());
        while (reader.Remaining > 0) copy.Apply(AcceptorRecordCodec.Read(ref reader));

        using var again = new WireWriter();
        foreach (var record in copy.ToRecords()) AcceptorRecordCodec.Write(again, record);
        Assert.Equal(writer.WrittenSpan.ToArray(), again.WrittenSpan.ToArray());
        Assert.Equal((1, Ballot.Of(7, 4)), (copy.Voters.Epoch, copy.PromisedOf("a")));
    }

    private (long Start, long Snapshot, long Last) Shape()
    {
        var log = _acceptor.LogOf("a")!;
        return (log.Start.SequenceNr, log.SnapshotSequenceNr, log.Last.SequenceNr);
    }

    private QuorumReply Ask(QuorumRequest request)
    {
        var decision = _acceptor.Decide(Call(request));
        foreach (var record in decision.Records) _acceptor.Apply(record);
        return decision.Reply;
    }

    private Refused Refusal(QuorumRequest request, QuorumRefusal reason)
    {
        var refused = Assert.IsType<Refused>(Ask(request));
        Assert.Equal(reason, refused.Reason);
        return refused;
    }

    private static QuorumCall Call(QuorumRequest request) => new("c", File, request);

    private static AppendEntries Append(Ballot ballot, LogPosition previous, params QuorumEntry[] entries) => new(1, "a", 1, ballot, previous, entries, 0, 0);

    private static QuorumEntry Entry(long sequenceNr, int round) =>
        new(sequenceNr, sequenceNr, Ballot.Of(round, round), QuorumEntryKind.Events, new byte[] { (byte)sequenceNr, (byte)round });

    private static QuorumSnapshot Snapshot(long sequenceNr, int round) => new(new LogPosition(Ballot.Of(round, round), sequenceNr), 1, new byte[3]);
}
