using Akka.Actor;
using Akka.Cluster.Sharding;
using ActorBroker.Akka.Tests.Actor.Support;
using ActorBroker.Akka.Tests.Sharding.Support;

namespace ActorBroker.Akka.Tests.Sharding;

public sealed class HandOffTests : ShardingTest
{
    private static readonly string[] Shards = ["1", "2", "3", "4"];

    public static TheoryData<int> Schedules =>
        [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("HANDOFF_SEEDS") ?? "3"))];

    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task Given_messages_that_flow_while_shards_move_none_is_lost_and_none_overtakes_another(int seed)
    {
        var random = new Random(seed);
        var nodes = await Form(3, Settings);
        foreach (var shard in Shards)
            Steered.Ports[shard] = PortOf(nodes[random.Next(3)]);
        var regions = nodes.Select(n => StartRegion(n)).ToArray();
        var sent = 0;
        using var ends = new CancellationTokenSource();
        var senders = regions.Select((region, i) => Task.Run(() => SendInTurn(region, i, new Random(seed * 10 + i), () => Interlocked.Increment(ref sent), ends.Token))).ToArray();

        for (var move = 0; move < 25; move++)
        {
            var shard = Shards[random.Next(Shards.Length)];
            var before = CoordinatorLog.Count;
            Steered.Ports[shard] = PortOf(nodes[random.Next(3)]);
            await Task.Delay(random.Next(120), CancellationToken.None);
            if (random.Next(3) == 0)
                await Until(() => CoordinatorLog.Count > before || Ledger.Total > 0);
        }
        await ends.CancelAsync();
        await Task.WhenAll(senders);

        await Until(() => Ledger.Total >= Volatile.Read(ref sent));
        Assert.Equal(sent, Ledger.Total);
        Assert.Empty(Ledger.Twins);
        Assert.True(Ledger.Starts > Shards.Length * 2, "shards did not move");
        AssertInOrder();
    }

    [Fact]
    public async Task Given_a_node_that_leaves_its_shards_move_and_what_is_sent_meanwhile_arrives()
    {
        var nodes = await Form(3, Settings);
        Steered.Ports["1"] = PortOf(nodes[0]);
        var regions = nodes.Select(n => StartRegion(n)).ToArray();
        Assert.Equal(PortOf(nodes[0]), await Where(regions[1], "1", "1a"));
        Steered.Ports["1"] = PortOf(nodes[2]);
        var sent = 0;
        using var ends = new CancellationTokenSource();
        var sender = Task.Run(() => SendInTurn(regions[1], 1, new Random(1), () => Interlocked.Increment(ref sent), ends.Token));

        // The first node also has the coordinator.
        await nodes[0].LeaveAsync().WaitAsync(Patience);

        await Until(() => Ledger.PortOf("1a") == PortOf(nodes[2]));
        await ends.CancelAsync();
        await sender;
        await Until(() => Ledger.Total > Volatile.Read(ref sent));
        Assert.Empty(Ledger.Twins);
        Assert.Equal(sent + 1, Ledger.Total);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Given_the_coordinator_crashes_while_shards_move_none_is_lost_and_none_overtakes_another(int seed)
    {
        var random = new Random(seed);
        var nodes = (await Form(4, Settings)).OrderBy(n => n.SelfMember.UpNumber).ToArray();
        var hosts = nodes[2..];
        foreach (var shard in Shards)
            Steered.Ports[shard] = PortOf(hosts[random.Next(2)]);
        var regions = nodes.Select(n => StartRegion(n)).ToArray()[2..];
        var sent = 0;
        using var ends = new CancellationTokenSource();
        var senders = regions.Select((region, i) => Task.Run(() => SendInTurn(region, i, new Random(seed * 10 + i), () => Interlocked.Increment(ref sent), ends.Token))).ToArray();
        await Until(() => Ledger.Total > 100);

        for (var crash = 0; crash < 2; crash++)
        {
            for (var move = 0; move < 6; move++)
            {
                Steered.Ports[Shards[random.Next(Shards.Length)]] = PortOf(hosts[random.Next(2)]);
                await Task.Delay(random.Next(60), CancellationToken.None);
            }
            await Crash(nodes[crash]);
            hosts[0].Down(nodes[crash].SelfAddress);
            await AllUp(nodes[(crash + 1)..]);
        }
        await ends.CancelAsync();
        await Task.WhenAll(senders);

        await Until(() => Ledger.Total >= Volatile.Read(ref sent));
        Assert.Equal(sent, Ledger.Total);
        Assert.Empty(Ledger.Twins);
        AssertInOrder();
    }

    [Fact]
    public async Task Given_entities_that_do_not_stop_they_are_stopped_by_force()
    {
        var nodes = await Form(2, Settings + "\nakka.cluster.sharding.handoff-timeout = 5s");
        Steered.Ports["1"] = PortOf(nodes[0]);
        var stubborn = nodes.Select(n => ClusterSharding.Get(n.System).Start(
            TypeName,
            id => FunctionActor.Props((context, message) =>
            {
                if (message is EntityMessage)
                    context.Sender.Tell(new EntityReply(id, PortOf(n)), context.Self);
            }),
            ClusterSharding.Get(n.System).Settings,
            new EntityExtractor(),
            Steered.On(PortOf(n)),
            StopEntity.Instance)).ToArray();
        Assert.Equal(PortOf(nodes[0]), await Where(stubborn[1], "1", "a"));

        Steered.Ports["1"] = PortOf(nodes[1]);

        await Until(() => CoordinatorLog.Count >= 5);
        Assert.Equal(PortOf(nodes[1]), await Where(stubborn[0], "1", "a"));
    }

    private void AssertInOrder()
    {
        foreach (var entity in Shards.SelectMany(Entities))
        {
            foreach (var sender in Ledger.Of(entity).GroupBy(m => m.Text))
                Assert.Equal(Enumerable.Range(1, sender.Count()), sender.Select(m => m.Number));
        }
    }

    private static IEnumerable<string> Entities(string shard) => "abc".Select(name => shard + name);

    /// <summary>Numbers its messages for each entity, so that a gap or a swap shows.</summary>
    private static async Task SendInTurn(IActorRef region, int sender, Random random, Action counted, CancellationToken ends)
    {
        var numbers = new Dictionary<string, int>();
        while (!ends.IsCancellationRequested)
        {
            for (var i = 0; i < 40; i++)
            {
                var shard = Shards[random.Next(Shards.Length)];
                var entity = shard + "abc"[random.Next(3)];
                var number = numbers[entity] = numbers.GetValueOrDefault(entity) + 1;
                counted();
                region.Tell(new EntityMessage(shard, entity, $"sender {sender}", number), ActorRefs.NoSender);
            }
            await Task.Delay(2, CancellationToken.None);
        }
    }
}
