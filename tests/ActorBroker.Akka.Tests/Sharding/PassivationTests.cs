using Akka.Actor;
using ActorBroker.Akka.Tests.Actor.Support;
using ActorBroker.Akka.Tests.Sharding.Support;

namespace ActorBroker.Akka.Tests.Sharding;

public sealed class PassivationTests : ShardingTest
{
    [Fact]
    public async Task Given_entities_that_passivate_at_any_time_no_message_is_lost_or_overtaken()
    {
        var nodes = await Form(1, Settings);
        var region = StartRegion(nodes[0]);
        var random = new Random(11);
        var numbers = new int[5];
        var passivations = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var entity = random.Next(numbers.Length);
            var passivates = random.Next(20) == 0;
            passivations += passivates ? 1 : 0;
            region.Tell(new EntityMessage("1", $"e{entity}", passivates ? LedgerEntity.Passivate : "", ++numbers[entity]), ActorRefs.NoSender);
        }

        await Until(() => Ledger.Total == 30_000);

        for (var entity = 0; entity < numbers.Length; entity++)
            Assert.Equal(Enumerable.Range(1, numbers[entity]), Ledger.Of($"e{entity}").Select(m => m.Number));
        Assert.Empty(Ledger.Twins);
        Assert.True(passivations > 500);
    }

    [Fact]
    public async Task Given_an_entity_that_is_slow_to_stop_messages_wait_up_to_the_buffers_size()
    {
        var nodes = await Form(1, Settings + "\nakka.cluster.sharding.buffer-size = 10");
        var dropped = new Probe(nodes[0].System);
        nodes[0].System.EventStream.Subscribe(dropped.Ref, typeof(global::Akka.Event.Dropped));
        var stops = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shard = StartShard(nodes[0].System, stops.Task);
        shard.Tell(new EntityMessage("1", "a", LedgerEntity.Passivate, 1), ActorRefs.NoSender);
        await Until(() => Ledger.Of("a").Length == 1);

        for (var i = 2; i <= 13; i++)
            shard.Tell(new EntityMessage("1", "a", "", i), ActorRefs.NoSender);
        for (var i = 12; i <= 13; i++)
            Assert.Equal(i, ((EntityMessage)(await dropped.Expect<global::Akka.Event.Dropped>()).Message).Number);
        Assert.Single(Ledger.Of("a"));
        stops.SetResult();

        await Until(() => Ledger.Of("a").Length == 11);
        Assert.Equal(Enumerable.Range(1, 11), Ledger.Of("a").Select(m => m.Number));
    }

    [Fact]
    public async Task Given_a_hand_off_while_messages_wait_for_a_passivating_entity_they_are_handled_before_the_shard_stops()
    {
        var nodes = await Form(1, Settings);
        var stops = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shard = StartShard(nodes[0].System, stops.Task);
        var worker = new Probe(nodes[0].System);
        shard.Tell(new EntityMessage("1", "a", LedgerEntity.Passivate, 1), ActorRefs.NoSender);
        await Until(() => Ledger.Of("a").Length == 1);
        shard.Tell(new EntityMessage("1", "a", "", 2), ActorRefs.NoSender);
        shard.Tell(new EntityMessage("1", "a", "", 3), ActorRefs.NoSender);

        shard.Tell(new global::Akka.Cluster.Sharding.HandOff("1"), worker.Ref);
        stops.SetResult();

        Assert.Equal(new global::Akka.Cluster.Sharding.ShardStopped("1"), await worker.Next());
        Assert.Equal([1, 2, 3], Ledger.Of("a").Select(m => m.Number));
        Assert.Equal(0, Ledger.PortOf("a"));
        Assert.Equal(2, Ledger.Starts);
    }

    private IActorRef StartShard(ActorSystem system, Task stops)
    {
        var ledger = Ledger;
        var blueprint = new global::Akka.Cluster.Sharding.ShardBlueprint(
            id => Props.Create(() => new SlowToStop(id, ledger, stops)), new EntityExtractor(), StopEntity.Instance);
        var settings = global::Akka.Cluster.Sharding.ClusterSharding.Get(system).Settings;
        return system.ActorOf(global::Akka.Cluster.Sharding.Shard.Props(TypeName, "1", blueprint, settings), "1");
    }

    private sealed class SlowToStop(string id, EntityLedger ledger, Task stops) : UntypedActor
    {
        protected override void PreStart() => ledger.Started(id, 1);

        protected override void PostStop() => ledger.Stopped(id, 1);

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case EntityMessage m:
                    ledger.Received(m);
                    if (m.Text == LedgerEntity.Passivate)
                        Context.Parent.Tell(new global::Akka.Cluster.Sharding.Passivate(StopEntity.Instance), Self);
                    break;
                case StopEntity:
                    stops.PipeTo(Self, Self, () => new Stop());
                    break;
                case Stop:
                    Context.Stop(Self);
                    break;
            }
        }

        private sealed record Stop : INoSerializationVerificationNeeded;
    }
}
