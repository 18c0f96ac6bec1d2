using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Quorum;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Quorum;

public sealed class QuorumJournalTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = QuorumCluster.Limit;
    private readonly QuorumCluster _cluster = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_is_acknowledged_is_found_by_the_next_owner_on_another_node()
    {
        await _cluster.StartAsync([1, 2, 3], 1, 2, 3);
        var first = Start(1);
        Assert.Equal(1, await first.Ask<int>(new Note("one"), Limit));
        Assert.Equal(3, await first.Ask<int>(new Note("two", "three"), Limit));
        await _cluster.StopAsync(1);

        var contents = await ContentsOf(Start(2));
        Assert.Equal(["one", "two", "three"], contents.Texts);
        Assert.Equal([1, 2], contents.Ballots.Select(won => won.Node));
        Assert.Equal((2, 1002L), (contents.Ballots[^1].Node, contents.Ballots[^1].Incarnation));
        Assert.True(contents.Ballots[^1].Ballot > contents.Ballots[0].Ballot);
        Assert.Equal(5, contents.LastSequenceNr);
    }

    [Fact]
    public async Task A_minority_of_the_voters_may_be_lost_and_catches_up_when_it_is_back()
    {
        await _cluster.StartAsync([1, 2, 3], 1, 2, 3);
        var ledger = Start(1);
        await ledger.Ask<int>(new Note("one"), Limit);
        await _cluster.StopAsync(3);
        Assert.Equal(2, await ledger.Ask<int>(new Note("two"), Limit));
        await _cluster.StartAsync([1, 2, 3], 3);
        await Eventually(async () => (await _cluster[1].DescribeAsync()).Count(status => LastOf(status) == 3) == 3);
    }

    [Fact]
    public async Task Without_a_majority_a_write_fails_and_its_outcome_is_left_to_the_next_recovery()
    {
        await _cluster.StartAsync([1, 2, 3], 1, 2, 3);
        var ledger = Start(1);
        await ledger.Ask<int>(new Note("one"), Limit);
        _cluster.CutOff(2, 3);
        var gone = ledger.WatchAsync(new CancellationTokenSource(Limit).Token);
        ledger.Tell(new Note("lost?"), ActorRefs.NoSender);
        Assert.True(await gone);
        _cluster.Reach(2);

        // On node 1's disk the entry is. With node 3 still cut off every majority has node 1 in it, whose log is the greatest: it is adopted.
        var contents = await ContentsOf(Start(1));
        Assert.Equal(["one", "lost?"], contents.Texts);
    }

    [Fact]
    public async Task A_stale_owner_writes_nothing_more()
    {
        await _cluster.StartAsync([1, 2, 3], 1, 2, 3);
        var old = Start(1);
        await old.Ask<int>(new Note("one"), Limit);
        var next = Start(2);
        Assert.Equal(["one"], (await ContentsOf(next)).Texts);
        var gone = old.WatchAsync(new CancellationTokenSource(Limit).Token);
        old.Tell(new Note("stale"), ActorRefs.NoSender);
        Assert.True(await gone);
        await next.Ask<int>(new Note("two"), Limit);
        Assert.Equal(["one", "two"], (await ContentsOf(Start(3))).Texts);
    }

    [Fact]
    public async Task A_snapshot_on_a_majority_cuts_the_log_and_carries_a_voter_that_was_away()
    {
        await _cluster.StartAsync([1, 2, 3], 1, 2, 3);
        var ledger = Start(1);
        await ledger.Ask<int>(new Note("one"), Limit);
        await _cluster.StopAsync(3);
        var large = new string('x', 90_000);
        for (var i = 0; i < 4; i++) await ledger.Ask<int>(new Note($"{i}{large}"), Limit);
        Assert.Equal(6L, await ledger.Ask<object>(new SaveIt(), Limit));
        await ledger.Ask<int>(new Note("last"), Limit);

        await _cluster.StartAsync([1, 2, 3], 3);
        await Eventually(async () => (await _cluster[1].DescribeAsync()).Count(status => LastOf(status) == 7) == 3);
        await _cluster.StopAsync(1);
        await _cluster.StopAsync(2);
        await _cluster.StartAsync([1, 2, 3], 2);
        var contents = await ContentsOf(Start(3));
        Assert.Equal(6, contents.Texts.Count);
        Assert.Equal(("one", "last", 90_001), (contents.Texts[0], contents.Texts[^1], contents.Texts[2].Length));
    }

    [Fact]
    public async Task Several_logs_have_a_ballot_each()
    {
        await _cluster.StartAsync([1, 2, 3], 1, 2, 3);
        var a = Start(1, "a");
        var b = Start(2, "b");
        await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(i => new[] { a.Ask<int>(new Note($"a{i}"), Limit), b.Ask<int>(new Note($"b{i}"), Limit) }));
        Assert.Equal(50, (await ContentsOf(Start(3, "a"))).Texts.Count);
        Assert.Equal(51, await b.Ask<int>(new Note("more"), Limit));
    }

    [Fact]
    public async Task One_node_grows_to_three_and_shrinks_again()
    {
        await _cluster.StartAsync([1], 1);
        var ledger = Start(1);
        await ledger.Ask<int>(new Note("one"), Limit);
        await _cluster.StartAsync([1], 2, 3);
        Assert.False(_cluster[2].IsVoter);
        Assert.Equal(2, (await _cluster[1].ChangeVotersAsync(new AddVoter(_cluster.VoterOf(2)))).Voters.Length);
        Assert.Equal(3, (await _cluster[1].ChangeVotersAsync(new AddVoter(_cluster.VoterOf(3)))).Voters.Length);
        await _cluster.StopAsync(1);

        var next = Start(3);
        Assert.Equal(["one"], (await ContentsOf(next)).Texts);
        await next.Ask<int>(new Note("two"), Limit);
        Assert.Equal(2, (await _cluster[3].ChangeVotersAsync(new RemoveVoter(1))).Voters.Length);
        Assert.Equal([3], (await _cluster[3].ChangeVotersAsync(new RemoveVoter(2))).Voters.Select(voter => voter.Id));
        await _cluster.StopAsync(2);
        Assert.Equal(["one", "two"], (await ContentsOf(Start(3))).Texts);
    }

    [Fact]
    public async Task A_dead_voter_is_not_added()
    {
        await _cluster.StartAsync([1], 1);
        var dead = new AddVoter(new Voter(2, Protocol.Uuid.NewRandom(), "host", 2));
        var change = _cluster[1].ChangeVotersAsync(dead);
        await Assert.ThrowsAsync<QuorumException>(() => change.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(1, await Start(1).Ask<int>(new Note("one"), Limit));
    }

    [Fact]
    public async Task A_log_is_not_cut_where_no_snapshot_is()
    {
        await _cluster.StartAsync([1], 1);
        var access = _cluster[1];
        var recovered = await access.RecoverAsync("bare");
        var done = QuorumAccess.NewCompletion<bool>();
        access.Client.Tell(new CutLog("bare", recovered.Session, 1, done), ActorRefs.NoSender);
        await Assert.ThrowsAsync<QuorumException>(() => done.Task.WaitAsync(Limit));
    }

    [Fact]
    public void Another_journal_is_refused_for_a_cluster()
    {
        var config = QuorumConfig.Default();
        Assert.Null(QuorumConfig.WhyRefused(config, QuorumJournal.PluginId, QuorumSnapshotStore.PluginId));
        Assert.Contains("akka.persistence.journal.postgres", QuorumConfig.WhyRefused(config, "akka.persistence.journal.postgres", QuorumSnapshotStore.PluginId));
        Assert.Contains("The controller's journal", QuorumConfig.WhyRefused(config, "", ""));
    }

    private static long LastOf(QuorumStatus status) => status.Logs.Where(log => log.Log == "ledger").Select(log => log.Last.SequenceNr).FirstOrDefault();

    private IActorRef Start(int node, string id = "ledger") => _cluster.System(node).ActorOf(Ledger.PropsFor(id));

    private static Task<Contents> ContentsOf(IActorRef ledger) => ledger.Ask<Contents>(new Read(), Limit);

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow + Limit;
        while (!await condition()) Assert.True(DateTime.UtcNow < deadline, "it did not come about in time");
    }
}
