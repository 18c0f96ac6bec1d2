using Akka.Actor;
using Akka.Cluster;
using ActorBroker.Akka.Tests.Sharding.Support;

namespace ActorBroker.Akka.Tests.Sharding;

public sealed class CoordinatorTests : ShardingTest
{
    [Fact]
    public async Task Given_the_coordinators_node_crashes_the_next_one_knows_where_shards_are()
    {
        var nodes = await Form(3, Settings);
        Steered.Ports["0"] = PortOf(nodes[0]);
        Steered.Ports["1"] = PortOf(nodes[1]);
        Steered.Ports["2"] = PortOf(nodes[2]);
        var regions = nodes.Select(n => StartRegion(n)).ToArray();
        foreach (var shard in new[] { "0", "1", "2" })
            await Where(regions[1], shard, shard);
        var allocations = Steered.Allocations;
        Steered.Ports["0"] = PortOf(nodes[2]);
        Steered.Ports["3"] = PortOf(nodes[1]);

        await Crash(nodes[0]);
        nodes[1].Down(nodes[0].SelfAddress);
        await AllUp(nodes[1], nodes[2]);

        Assert.Equal(PortOf(nodes[2]), await Where(regions[1], "0", "0"));
        Assert.Equal(PortOf(nodes[1]), await Where(regions[2], "1", "1"));
        Assert.Equal(PortOf(nodes[2]), await Where(regions[1], "2", "2"));
        Assert.Equal(PortOf(nodes[1]), await Where(regions[2], "3", "3"));
        Assert.Equal(5, Ledger.Starts);
        // Shards 0 and 3 only; the journal's own entries did not disturb the recovery.
        Assert.True(Steered.Allocations >= allocations + 2);
        Assert.True(CoordinatorLog.Recoveries >= 2);
    }

    [Fact]
    public async Task Given_a_node_that_comes_back_at_its_address_its_shard_is_started_there_again()
    {
        var port = FreePort();
        var first = Start(Settings);
        var second = Start(AtPort(port) + Settings);
        first.Join(first.SelfAddress);
        second.Join(first.SelfAddress);
        await AllUp(first, second);
        Steered.Ports["1"] = port;
        var region = StartRegion(first);
        StartRegion(second);
        Assert.Equal(port, await Where(region, "1", "a"));
        await Crash(second);
        first.Down(second.SelfAddress);
        await AllUp(first);

        var again = Start(AtPort(port) + Settings);
        again.Join(first.SelfAddress);
        await AllUp(first, again);
        StartRegion(again);

        region.Tell(new EntityMessage("1", "a", "", 7), ActorRefs.NoSender);
        await Until(() => Ledger.Of("a").Any(m => m.Number == 7));
        Assert.Equal(port, Ledger.PortOf("a"));
        Assert.Empty(Ledger.Twins);
    }

    [Fact]
    public async Task Given_a_journal_that_fails_the_coordinator_stops_and_recovers_when_it_works_again()
    {
        var nodes = await Form(2, Settings);
        var regions = nodes.Select(n => StartRegion(n)).ToArray();
        Steered.Ports["1"] = PortOf(nodes[0]);
        Steered.Ports["2"] = PortOf(nodes[1]);
        await Where(regions[0], "1", "a");
        CoordinatorLog.FailsWrites = true;
        var recoveries = CoordinatorLog.Recoveries;

        regions[0].Tell(new EntityMessage("2", "b", "", 1), ActorRefs.NoSender);
        await Until(() => CoordinatorLog.Recoveries > recoveries + 1);
        Assert.Equal(PortOf(nodes[0]), await Where(regions[0], "1", "a"));
        Assert.Empty(Ledger.Of("b"));
        CoordinatorLog.FailsWrites = false;

        await Until(() => Ledger.Of("b").Length == 1);
        Assert.Equal(PortOf(nodes[1]), Ledger.PortOf("b"));
        Assert.Equal(2, Ledger.Starts);
    }

    [Fact]
    public async Task Given_many_events_there_are_snapshots_and_the_log_is_cut()
    {
        var nodes = await Form(2, Settings + "\nakka.cluster.sharding { snapshot-after = 10, keep-nr-of-batches = 1 }");
        var regions = nodes.Select(n => StartRegion(n)).ToArray();
        for (var i = 0; i < 60; i++)
        {
            Steered.Ports[$"s{i}"] = PortOf(nodes[i % 2]);
            await Where(regions[0], $"s{i}", $"e{i}");
        }
        await Until(() => Snapshots is > 0 and <= 4 && CoordinatorLog.Count < 40);

        await Crash(nodes[0]);
        nodes[1].Down(nodes[0].SelfAddress);
        await AllUp(nodes[1]);

        for (var i = 1; i < 60; i += 2)
            Assert.Equal(PortOf(nodes[1]), await Where(regions[1], $"s{i}", $"e{i}"));
        Assert.Equal(60, Ledger.Starts);
        Assert.Equal(MemberStatus.Up, nodes[1].SelfMember.Status);
    }

    [Fact]
    public async Task Given_a_region_that_stops_alone_its_shards_start_elsewhere()
    {
        var nodes = await Form(2, Settings);
        Steered.Ports["1"] = PortOf(nodes[1]);
        var regions = nodes.Select(n => StartRegion(n)).ToArray();
        Assert.Equal(PortOf(nodes[1]), await Where(regions[0], "1", "a"));
        Steered.Ports["1"] = PortOf(nodes[0]);

        nodes[1].System.Stop(regions[1]);

        // What is sent before the other region hears of it goes to the one that has ended.
        await Until(() =>
        {
            regions[0].Tell(new EntityMessage("1", "a", "", 7), ActorRefs.NoSender);
            return Ledger.PortOf("a") == PortOf(nodes[0]);
        });
        Assert.Equal(PortOf(nodes[0]), await Where(regions[0], "1", "a"));
        Assert.Empty(Ledger.Twins);
    }

    [Fact]
    public async Task Given_a_strategy_that_throws_or_fails_the_coordinator_goes_on_and_asks_it_again()
    {
        var nodes = await Form(1, Settings);
        var region = StartRegion(nodes[0]);
        Steered.Failures = 3;

        region.Tell(new EntityMessage("1", "a", "", 1), ActorRefs.NoSender);

        await Until(() => Ledger.Of("a").Length == 1);
        Assert.True(Steered.Allocations >= 4);
        Assert.Equal(1, CoordinatorLog.Recoveries);
    }
}
