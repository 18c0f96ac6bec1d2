using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Storage.Journal;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Quorum;

public sealed class BootstrapTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = QuorumCluster.Limit;
    private readonly QuorumCluster _cluster = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Three_empty_nodes_come_to_one_cluster_of_three_voters_and_one_of_them_forms_it()
    {
        var steps = await _cluster.StartAsync([1, 2, 3], 3, 2, 1);
        Assert.Single(steps, step => step is JoinSelf);
        Assert.Equal(2, steps.Count(step => step is JoinNodes));
        Assert.Single(new[] { 1, 2, 3 }.Select(node => _cluster[node].ClusterId).Distinct());
        Assert.All(new[] { 1, 2, 3 }, node => Assert.True(_cluster[node].IsVoter));
    }

    [Fact]
    public async Task Restarted_voters_find_each_other_without_the_first_seed_whatever_their_seeds_say()
    {
        await _cluster.StartAsync([1, 2, 3], 1, 2, 3);
        await _cluster.System(1).ActorOf(Ledger.PropsFor("ledger")).Ask<int>(new Note("kept"), Limit);
        var cluster = _cluster[1].ClusterId;
        foreach (var node in new[] { 1, 2, 3 }) await _cluster.StopAsync(node);
        _cluster.Wipe(1);

        var steps = await _cluster.StartAsync([1], 2, 3);
        Assert.IsType<JoinSelf>(steps[0]);
        Assert.IsType<JoinNodes>(steps[1]);
        Assert.Equal(cluster, _cluster[2].ClusterId);
        Assert.Equal(["kept"], (await _cluster.System(3).ActorOf(Ledger.PropsFor("ledger")).Ask<Contents>(new Read(), Limit)).Texts);
    }

    [Fact]
    public async Task A_first_seed_with_a_wiped_disk_comes_back_into_the_cluster_without_a_vote_and_gets_one_by_command()
    {
        await _cluster.StartAsync([1, 2, 3], 1, 2, 3);
        var cluster = _cluster[1].ClusterId;
        await _cluster.StopAsync(1);
        _cluster.Wipe(1);
        Assert.IsType<JoinNodes>((await _cluster.StartAsync([1, 2, 3], 1))[0]);
        Assert.Equal((cluster, false), (_cluster[1].ClusterId, _cluster[1].IsVoter));

        await _cluster[2].ChangeVotersAsync(new RemoveVoter(1));
        await _cluster[2].ChangeVotersAsync(new AddVoter(_cluster.VoterOf(1)));
        Assert.True(_cluster[1].IsVoter);
    }

    [Fact]
    public async Task A_node_of_another_cluster_is_refused()
    {
        await _cluster.StartAsync([1], 1);
        _cluster.StartActors(2);
        var step = await _cluster.BootstrapAsync(2, [1], new BootstrapRequest([]) { LocalClusterId = "another" });
        Assert.Contains("another", Assert.IsType<RefuseStart>(step).Reason);
    }

    [Fact]
    public async Task A_node_that_has_run_alone_brings_its_metadata_into_the_cluster_and_grows()
    {
        _cluster.StartActors(1);
        var directory = _cluster.DirectoryOf(1);
        var journalPath = Path.Combine(directory, "actorbroker.journal");
        using (var journal = JournalFile.Open(journalPath))
        {
            for (var i = 1; i <= 5; i++) await journal.AppendAsync([new JournalEntry("ledger", i, 19901, "noted", "w", System.Text.Encoding.UTF8.GetBytes($"e{i}"))]);
            new ActorSnapshotFiles(directory).Write(new SnapshotName("ledger", 3, 7), new SnapshotContent(19901, "noted", "e1\ne2\ne3"u8.ToArray()));
            await journal.DeleteToAsync("ledger", 2);
        }

        var imported = LocalJournalImport.Read(journalPath, directory, "ledger");
        var local = Uuid.NewRandom().ToString();
        Assert.IsType<JoinSelf>(await _cluster.BootstrapAsync(1, [1, 2, 3], new BootstrapRequest([]) { LocalClusterId = local, Imported = imported }));
        Assert.Equal(local, _cluster[1].ClusterId);
        Assert.Equal([1], _cluster[1].Voters.Voters.Select(voter => voter.Id));
        var contents = await _cluster.System(1).ActorOf(Ledger.PropsFor("ledger")).Ask<Contents>(new Read(), Limit);
        Assert.Equal(["e1", "e2", "e3", "e4", "e5"], contents.Texts);
        Assert.Equal(6, contents.LastSequenceNr);

        await _cluster.StartAsync([1, 2, 3], 2, 3);
        await _cluster[1].ChangeVotersAsync(new AddVoter(_cluster.VoterOf(2)));
        await _cluster[1].ChangeVotersAsync(new AddVoter(_cluster.VoterOf(3)));
        await _cluster.StopAsync(1);
        Assert.Equal(5, (await _cluster.System(2).ActorOf(Ledger.PropsFor("ledger")).Ask<Contents>(new Read(), Limit)).Texts.Count);
    }
}
