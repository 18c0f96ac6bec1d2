using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Quorum;

public sealed class OwnerMachineTests
{
    private readonly QuorumFixture _voters = new(3);

    [Fact]
    public void A_ballot_is_won_when_a_majority_has_promised_and_has_the_entry_that_says_so()
    {
        var owner = _voters.Own(1);
        Assert.False(owner.IsOwning);
        _voters.Deliver(owner, 1, 2);
        Assert.True(owner.IsOwning);
        Assert.Equal((1L, QuorumEntryKind.BallotWon), (owner.Log.Last.SequenceNr, owner.Log.Entries[0].Kind));
        Assert.Equal(1, _voters[2].LogOf("a")!.Last.SequenceNr);
    }

    [Fact]
    public void Nothing_is_committed_by_one_voter_of_three()
    {
        var owner = _voters.Owning(1);
        owner.Append([(2, 3, new byte[1])], 0).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1);
        Assert.Equal(1, owner.Committed);
        _voters.Deliver(owner, 3);
        Assert.Equal(3, owner.Committed);
        Assert.Contains(_voters.Told, output => output is EntriesCommitted { SequenceNr: 3 });
    }

    [Fact]
    public void The_log_of_the_highest_last_ballot_is_adopted_not_the_longest()
    {
        _voters.Put(1, Entry(1, 1), Entry(2, 1), Entry(3, 1), Entry(4, 1));
        _voters.Put(2, Entry(1, 1), Entry(2, 2));
        var owner = _voters.Own(1, Ballot.Of(2, 9));
        _voters.Deliver(owner, 1, 2);
        Assert.True(owner.IsOwning);
        Assert.Equal([1, 2, 3], owner.Log.Entries.Select(entry => entry.Ballot.Round));
        Assert.Equal([1, 2, 3], _voters[1].LogOf("a")!.Entries.Select(entry => entry.Ballot.Round));
    }

    [Fact]
    public void Under_one_ballot_the_longest_log_is_adopted()
    {
        _voters.Put(1, Entry(1, 1));
        _voters.Put(3, Entry(1, 1), Entry(2, 1), Entry(3, 1));
        var owner = _voters.Own(1);
        _voters.Deliver(owner, 1, 3);
        Assert.Equal(4, owner.Log.Last.SequenceNr);
        Assert.Equal(4, _voters[1].LogOf("a")!.Last.SequenceNr);
    }

    [Fact]
    public void A_higher_promise_in_the_way_is_outbid()
    {
        _voters.Promise(2, Ballot.Of(8, 2));
        var owner = _voters.Own(1);
        _voters.Deliver(owner, 1, 2);
        Assert.True(owner.IsOwning);
        Assert.Equal(Ballot.Of(9, 1), owner.Ballot);
    }

    [Fact]
    public void An_owner_ends_when_somebody_promised_a_higher_ballot()
    {
        var owner = _voters.Owning(1);
        _voters.Promise(2, Ballot.Of(8, 2));
        owner.Append([(2, 2, new byte[1])], 0).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 2);
        Assert.True(owner.IsLost);
        Assert.Equal((OwnerLoss.LostBallot, Ballot.Of(8, 2)), _voters.Told.OfType<OwnershipLost>().Select(lost => (lost.Reason, lost.Seen)).Single());
        Assert.Throws<InvalidOperationException>(() => owner.Append([(3, 3, new byte[1])], 0));
    }

    [Fact]
    public void An_entry_without_a_majority_in_time_ends_the_owner()
    {
        var owner = _voters.Owning(1);
        owner.Append([(2, 2, new byte[1])], 1_000).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1);
        Assert.DoesNotContain(owner.Tick(5_999), output => output is OwnershipLost);
        Assert.Contains(owner.Tick(6_000), output => output is OwnershipLost { Reason: OwnerLoss.NoMajority });
    }

    [Fact]
    public void A_lagging_voter_is_caught_up_and_one_behind_a_cut_log_by_the_snapshot()
    {
        var owner = _voters.Owning(1);
        for (var i = 2; i <= 6; i++) owner.Append([(i, i, new byte[1])], 0).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1, 2);
        owner.KeepSnapshot(5, 7, new byte[9], 0).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1, 2);
        Assert.Contains(_voters.Told, output => output is SnapshotKept { SequenceNr: 5 });
        owner.Cut(5, 0).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1, 2);
        Assert.Contains(_voters.Told, output => output is LogWasCut { SequenceNr: 5 });
        Assert.Equal((5L, 6L), (_voters[2].LogOf("a")!.Start.SequenceNr, _voters[2].LogOf("a")!.Last.SequenceNr));

        Assert.Null(_voters[3].LogOf("a"));
        for (var ms = 1_000; ms < 20_000; ms += 1_000)
        {
            owner.Tick(ms).ForEach(_voters.Enqueue);
            _voters.Deliver(owner, 3);
        }

        var caughtUp = _voters[3].LogOf("a")!;
        Assert.Equal((5L, 6L), (caughtUp.SnapshotSequenceNr, caughtUp.Last.SequenceNr));
    }

    [Fact]
    public void The_log_is_not_cut_where_a_majority_has_no_snapshot()
    {
        var owner = _voters.Owning(1);
        owner.Append([(2, 2, new byte[1])], 0).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1, 2);
        owner.KeepSnapshot(2, 7, new byte[9], 0).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1);
        Assert.Empty(owner.Cut(2, 0));
        Assert.Equal(0, owner.Log.Start.SequenceNr);
        Assert.Throws<InvalidOperationException>(() => owner.KeepSnapshot(3, 7, new byte[9], 0));
    }

    [Fact]
    public void Later_voters_are_taken_over_while_it_prepares_and_end_it_afterwards()
    {
        var owner = _voters.Owning(1);
        var later = _voters.Set.Without(3);
        foreach (var id in new[] { 1, 2 }) _voters[id].Apply(new VotersDecided(later));
        owner.Append([(2, 2, new byte[1])], 0).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 2);
        Assert.Equal(later, Assert.IsType<OwnershipLost>(_voters.Told[^1]).Voters);

        var next = _voters.Own(2);
        _voters.Deliver(next, 1, 2);
        Assert.True(next.IsOwning);
        Assert.Equal(2, next.Voters.Epoch);
    }

    [Fact]
    public void An_owner_with_nothing_to_append_finds_out_that_it_was_replaced()
    {
        var owner = _voters.Owning(1);
        _voters.Deliver(owner, 3);
        _voters.Promise(2, Ballot.Of(8, 2));
        owner.Tick(2_000).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1, 2, 3);
        Assert.True(owner.IsLost);
        Assert.Equal((OwnerLoss.LostBallot, Ballot.Of(8, 2)), _voters.Told.OfType<OwnershipLost>().Select(lost => (lost.Reason, lost.Seen)).Single());
    }

    [Fact]
    public void An_idle_owner_asks_each_voter_once_in_the_interval_and_one_that_appends_does_not_ask()
    {
        var owner = _voters.Owning(1);
        _voters.Deliver(owner, 3);
        Assert.Empty(owner.Tick(1_999));
        var asked = owner.Tick(2_000);
        Assert.Equal([1, 2, 3], asked.Cast<SendToVoter>().Select(send => send.Voter.Id));
        Assert.All(asked, output => Assert.Empty(Assert.IsType<AppendEntries>(((SendToVoter)output).Request).Entries));
        asked.ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1, 2, 3);
        Assert.Empty(owner.Tick(3_999));
        owner.Append([(2, 2, new byte[1])], 3_999).ForEach(_voters.Enqueue);
        _voters.Deliver(owner, 1, 2, 3);
        Assert.Empty(owner.Tick(5_998));
        Assert.True(owner.IsOwning);
    }

    [Fact]
    public void Voters_that_are_learnt_of_end_an_owner_of_the_earlier_ones_at_once()
    {
        var owner = _voters.Owning(1);
        var later = _voters.Set.Without(3);
        Assert.Empty(owner.Learn(_voters.Set, 0));
        Assert.Equal((OwnerLoss.VotersChanged, later), owner.Learn(later, 0).OfType<OwnershipLost>().Select(lost => (lost.Reason, lost.Voters)).Single());
        Assert.True(owner.IsLost);

        var next = _voters.Own(2);
        foreach (var id in new[] { 1, 2 }) _voters[id].Apply(new VotersDecided(later));
        next.Learn(later, 0).ForEach(_voters.Enqueue);
        _voters.Deliver(next, 1, 2);
        Assert.Equal((true, later), (next.IsOwning, next.Voters));
    }

    private static QuorumEntry Entry(long sequenceNr, int round) =>
        new(sequenceNr, sequenceNr, Ballot.Of(round, 9), QuorumEntryKind.Events, new byte[] { (byte)round });
}
