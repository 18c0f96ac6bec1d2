using ActorBroker.Akka.Tests.Actor.Support;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Akka.Tests.Sharding;

public sealed class CoordinatorStateTests : ActorTest
{
    private readonly IActorRef _a;
    private readonly IActorRef _b;

    public CoordinatorStateTests()
    {
        _a = Start((_, _) => { }, "a");
        _b = Start((_, _) => { }, "b");
    }

    [Fact]
    public void A_terminated_region_takes_its_shards_with_it()
    {
        var state = Given(new ShardRegionRegistered(_a), new ShardRegionRegistered(_b), new ShardHomeAllocated("1", _a), new ShardHomeAllocated("2", _b));

        state = state.With(new ShardRegionTerminated(_a));

        Assert.Equal(["2"], state.Shards.Keys);
        Assert.Equal([_b], state.Regions.Keys);
    }

    [Fact]
    public void A_shard_that_is_allocated_twice_is_at_its_last_region_only()
    {
        var state = Given(new ShardRegionRegistered(_a), new ShardRegionRegistered(_b), new ShardHomeAllocated("1", _a), new ShardHomeAllocated("1", _b));

        Assert.Equal(_b, state.Shards["1"]);
        Assert.Empty(state.Regions[_a]);
        Assert.Equal(["1"], state.Regions[_b]);
    }

    [Fact]
    public void Events_that_do_not_fit_change_nothing()
    {
        var state = Given(new ShardRegionRegistered(_a), new ShardHomeAllocated("1", _a));

        var after = Apply(
            state, new ShardRegionRegistered(_a), new ShardRegionTerminated(_b), new ShardHomeAllocated("2", _b), new ShardHomeDeallocated("3"),
            new ShardRegionProxyTerminated(_b));

        Assert.Equal(["1"], after.Shards.Keys);
        Assert.Equal(["1"], after.Regions[_a]);
        Assert.Single(after.Regions);
        Assert.Empty(after.Proxies);
    }

    [Fact]
    public void Any_order_of_events_leaves_shards_and_regions_in_agreement()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var state = CoordinatorState.Empty;
            for (var i = 0; i < 60; i++)
            {
                var region = random.Next(2) == 0 ? _a : _b;
                var shard = random.Next(5).ToString();
                state = state.With(random.Next(4) switch
                {
                    0 => new ShardRegionRegistered(region),
                    1 => new ShardHomeAllocated(shard, region),
                    2 => new ShardHomeDeallocated(shard),
                    _ => random.Next(6) == 0 ? new ShardRegionTerminated(region) : new ShardHomeAllocated(shard, region),
                });
                foreach (var (id, home) in state.Shards)
                    Assert.Single(state.Regions[home], id);
                Assert.Equal(state.Shards.Count, state.Regions.Values.Sum(s => s.Count));
            }
        }
    }

    private static CoordinatorState Given(params ICoordinatorEvent[] events) => Apply(CoordinatorState.Empty, events);

    private static CoordinatorState Apply(CoordinatorState state, params ICoordinatorEvent[] events) =>
        events.Aggregate(state, (s, e) => s.With(e));
}
