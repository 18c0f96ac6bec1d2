using ActorBroker.Protocol;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

/// <summary>Leaders under Cluster Sharding: started with a grant alone, they borrow their log from the node's replica host.</summary>
public sealed class ShardedLeaderTests : IAsyncLifetime
{
    private readonly ReplicaCluster _cluster = new() { UsesSharding = true };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Leadership_goes_round_and_comes_back_and_loses_nothing()
    {
        _cluster.StartAll();
        var offset = 0L;
        foreach (var node in new[] { 1, 2, 1, 3, 1 })
        {
            var leader = await _cluster.ElectAsync(node);
            for (var i = 0; i < 3; i++) Assert.Equal((ErrorCode.None, offset++), Of(await leader.AppendAsync(1)));
        }

        await _cluster.Agree(1, 2, 3);
        // The same node again, under the next epoch.
        var again = await _cluster.ElectAsync(1);
        Assert.Equal((ErrorCode.None, offset), Of(await again.AppendAsync(1)));
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task A_leader_that_dies_is_started_again_by_its_host()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(2);
        var old = leader.Led;
        leader.System.ActorSelection("/system/sharding/partition/1/*").Tell(Akka.Actor.Kill.Instance);
        await _cluster.Until(() => leader.Led is { } led && !ReferenceEquals(led, old), "the leader is back");
        Assert.Equal((ErrorCode.None, 2L), Of(await leader.AppendAsync(1)));
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task A_node_that_restarts_leads_again_what_it_is_granted()
    {
        _cluster.StartAll();
        await (await _cluster.ElectAsync(1)).AppendAsync(2);
        await _cluster.Agree(1, 2, 3);
        await _cluster.StopAsync(1);
        await (await _cluster.ElectAsync(2, 2, 3)).AppendAsync(2);
        _cluster.Start(1);
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Contains(1), "node 1 is in sync again");
        Assert.Equal((ErrorCode.None, 4L), Of(await (await _cluster.ElectAsync(1)).AppendAsync(1)));
        await _cluster.Agree(1, 2, 3);
    }

    private static (ErrorCode Error, long BaseOffset) Of(Core.Ports.AppendResult result) => (result.Error, result.BaseOffset);
}
