using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using ActorBroker.Akka.Tests.Actor.Support;
using ActorBroker.Akka.Tests.Sharding.Support;

namespace ActorBroker.Akka.Tests.Sharding;

public sealed class RegionTests : ShardingTest
{
    [Fact]
    public async Task Given_three_nodes_an_entity_is_found_from_each_of_them()
    {
        var nodes = await Form(3, Settings);
        Steered.Ports["1"] = PortOf(nodes[2]);
        var regions = nodes.Select(n => StartRegion(n)).ToArray();

        foreach (var region in regions)
            Assert.Equal(PortOf(nodes[2]), await Where(region, "1", "a"));

        Assert.Equal(1, Ledger.Starts);
        var state = await StateOf(regions[2]);
        Assert.Equal(["a"], Assert.Single(state.Shards).EntityIds);
        var all = await regions[1].Ask<CurrentRegions>(GetCurrentRegions.Instance, Patience);
        Assert.Equal(nodes.Select(n => n.SelfAddress).ToHashSet(), all.Regions.ToHashSet());
    }

    [Fact]
    public async Task Given_a_node_without_the_role_it_gets_a_proxy_that_passes_messages_on()
    {
        var host = Start(Settings + "\nakka.cluster.roles = [host]\nakka.cluster.sharding.role = host");
        var guest = Start(Settings + "\nakka.cluster.sharding.role = host");
        host.Join(host.SelfAddress);
        guest.Join(host.SelfAddress);
        await AllUp(host, guest);
        StartRegion(host);

        var proxy = StartRegion(guest);

        Assert.Equal(PortOf(host), await Where(proxy, "1", "a"));
        Assert.Equal(proxy, ClusterSharding.Get(guest.System).ShardRegionProxy(TypeName));
        Assert.Equal(proxy, ClusterSharding.Get(guest.System).ShardRegion(TypeName));
        Assert.Empty(ClusterSharding.Get(guest.System).ShardTypeNames);
    }

    [Fact]
    public async Task Given_no_coordinator_messages_wait_in_the_buffer_and_the_rest_is_dropped()
    {
        var node = Start(Settings + "\nakka.cluster.sharding.buffer-size = 10");
        var dead = new Probe(node.System);
        node.System.EventStream.Subscribe(dead.Ref, typeof(global::Akka.Event.DeadLetter));
        var region = StartRegion(node);
        for (var i = 1; i <= 15; i++)
            region.Tell(new EntityMessage(i % 2 == 0 ? "1" : "2", "a", "", i), ActorRefs.NoSender);
        for (var i = 11; i <= 15; i++)
        {
            while (await dead.Expect<global::Akka.Event.DeadLetter>() is var letter)
            {
                if (letter.Message is EntityMessage message)
                {
                    Assert.Equal(i, message.Number);
                    break;
                }
            }
        }

        node.Join(node.SelfAddress);

        await Until(() => Ledger.Total == 10);
        Assert.Equal(Enumerable.Range(1, 10), Ledger.Of("a").Select(m => m.Number).Order());
    }

    [Fact]
    public async Task Given_a_shard_without_a_region_its_messages_wait_until_the_region_is_there()
    {
        var nodes = await Form(2, Settings);
        Steered.Ports["1"] = PortOf(nodes[1]);
        var first = StartRegion(nodes[0]);
        for (var i = 0; i < 5; i++)
            first.Tell(new EntityMessage("1", "a", "", i), ActorRefs.NoSender);
        await Until(() => Steered.Allocations > 0);

        StartRegion(nodes[1]);

        await Until(() => Ledger.Total == 5);
        Assert.Equal(PortOf(nodes[1]), Ledger.PortOf("a"));
        Assert.Equal([0, 1, 2, 3, 4], Ledger.Of("a").Select(m => m.Number));
    }

    [Fact]
    public async Task Given_messages_for_no_entity_they_are_ignored_and_the_region_goes_on()
    {
        var nodes = await Form(1, Settings);
        var region = StartRegion(nodes[0]);

        region.Tell("for nobody", ActorRefs.NoSender);
        region.Tell(new ShardingEnvelope("1-x", new EntityMessage("", "1-x", "", 1)), ActorRefs.NoSender);

        Assert.Equal(PortOf(nodes[0]), await Where(region, "1", "a"));
        await Until(() => Ledger.Of("1-x").Length == 1);
    }

    [Fact]
    public async Task Given_StartEntity_the_entity_runs_without_a_message()
    {
        var nodes = await Form(1, Settings);
        var region = StartRegion(nodes[0]);
        var probe = new Probe(nodes[0].System);

        region.Tell(new ShardRegion.StartEntity("1-x"), probe.Ref);
        region.Tell(new ShardRegion.StartEntity("1-x"), probe.Ref);

        Assert.Equal(new StartEntityAck("1-x", "1"), await probe.Next());
        Assert.Equal(new StartEntityAck("1-x", "1"), await probe.Next());
        Assert.Equal(1, Ledger.Starts);
        Assert.Empty(Ledger.Of("1-x"));
    }

    [Fact]
    public async Task Given_an_entity_that_fails_it_is_restarted_and_one_that_stops_starts_with_the_next_message()
    {
        var nodes = await Form(1, Settings);
        var region = StartRegion(nodes[0]);

        region.Tell(new EntityMessage("1", "a", LedgerEntity.Fail, 1), ActorRefs.NoSender);
        region.Tell(new EntityMessage("1", "a", "", 2), ActorRefs.NoSender);
        await Until(() => Ledger.Total == 2 && Ledger.Starts == 2);
        region.Tell(new EntityMessage("1", "a", LedgerEntity.StopYourself, 3), ActorRefs.NoSender);
        await Until(() => Ledger.PortOf("a") == 0);
        var entities = await StateOf(region);
        while (entities.Shards.First().EntityIds.Count > 0)
            entities = await StateOf(region);

        Assert.Equal(PortOf(nodes[0]), await Where(region, "1", "a"));
        Assert.Equal(3, Ledger.Starts);
    }

    [Fact]
    public async Task Given_an_idle_entity_it_is_stopped_and_a_busy_one_is_not()
    {
        var nodes = await Form(1, Settings);
        var region = StartRegion(nodes[0], s => s.WithPassivateIdleAfter(TimeSpan.FromMilliseconds(400)));
        region.Tell(new EntityMessage("1", "idle", "", 1), ActorRefs.NoSender);

        await Until(() =>
        {
            region.Tell(new EntityMessage("1", "busy", "", 1), ActorRefs.NoSender);
            return Ledger.Starts >= 2 && Ledger.PortOf("idle") == 0;
        });

        Assert.NotEqual(0, Ledger.PortOf("busy"));
        Assert.Equal(2, Ledger.Starts);
    }

    [Fact]
    public async Task What_the_engine_cannot_do_is_refused_with_its_key()
    {
        var nodes = await Form(1, Settings);

        var remember = Assert.Throws<ConfigurationException>(() => StartRegion(nodes[0], s => s.WithRememberEntities(true)));
        var ddata = Assert.Throws<ConfigurationException>(() => StartRegion(nodes[0], s => s.WithStateStoreMode(StateStoreMode.DData)));

        Assert.Contains("akka.cluster.sharding.remember-entities", remember.Message);
        Assert.Contains("akka.cluster.sharding.state-store-mode", ddata.Message);
        Assert.Throws<ArgumentException>(() => ClusterSharding.Get(nodes[0].System).ShardRegion("unknown"));
    }
}
