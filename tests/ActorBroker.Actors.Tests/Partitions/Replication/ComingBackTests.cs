using ActorBroker.Protocol;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

public sealed class ComingBackTests : IAsyncLifetime
{
    private readonly ReplicaCluster _cluster = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_follower_that_catches_up_has_no_more_under_way_than_its_share_of_the_link_and_gives_it_back()
    {
        _cluster.TailBytes = 0;
        _cluster.Settings = _cluster.Settings with { SegmentBytes = 1 << 20 };
        _cluster.Replication = _cluster.Replication with { PartBytes = 16_384, CatchUpBytes = 65_536 };
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1, 1, 2);
        await _cluster.StopAsync(3);
        for (var i = 0; i < 60; i++) Assert.Equal(ErrorCode.None, (await leader.AppendAsync(4, valueBytes: 25_000)).Error);
        _cluster.Start(3);
        var most = 0L;
        await _cluster.Until(() =>
        {
            most = Math.Max(most, leader.LinkTo(3).CatchingUpBytes);
            return _cluster.Controller.Partition.Isr.Contains(3);
        }, "node 3 is in sync");
        // A batch of 100,000 bytes goes whole.
        Assert.InRange(most, 0, 65_536 + 110_000);
        await _cluster.Agree(1, 2, 3);
        await _cluster.Until(() => leader.LinkTo(3) is { CatchingUpBytes: 0, UnderWayBytes: 0 }, "nothing is under way");
    }

    /// <summary>Nothing is written when the node goes, and one batch afterwards: nothing but the change of the replicas makes the leader look.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_batch_does_not_wait_for_a_replica_that_had_everything_when_its_node_went(bool isFencedLater)
    {
        _cluster.LagMaxMs = 3_600_000;
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(1);
        await _cluster.Agree(1, 2, 3);
        _cluster.CutOff(3);
        if (!isFencedLater) _cluster.Controller.ChangeBroker(3, broker => broker with { IsFenced = true });
        _cluster.Controller.Change(partition => partition with { Isr = [1, 2] });
        if (isFencedLater) _cluster.Controller.ChangeBroker(3, broker => broker with { IsFenced = true });
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
    }

    [Fact]
    public async Task A_follower_that_opens_before_its_node_is_let_in_comes_into_sync_although_nothing_is_written()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(1);
        await _cluster.Agree(1, 2, 3);
        await _cluster.StopAsync(3);
        _cluster.Controller.ChangeBroker(3, broker => broker with { IsFenced = true });
        _cluster.Controller.Change(partition => partition with { Isr = [1, 2] });
        _cluster.Start(3);
        await _cluster.Agree(1, 2, 3);
        var reports = _cluster.Controller.Reports;
        Assert.DoesNotContain(3, _cluster.Controller.Partition.Isr);
        _cluster.Controller.ChangeBroker(3, broker => broker with { IsFenced = false });
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Contains(3), "node 3 is in sync");
        Assert.True(_cluster.Controller.Reports > reports);
    }
}
