using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using ActorBroker.Akka.Tests.Sharding.Support;

namespace ActorBroker.Akka.Tests.Singletons;

public sealed class SingletonTests : ShardingTest
{
    private readonly SingletonLedger _ledger = new();

    [Fact]
    public async Task Given_three_nodes_the_singleton_is_on_the_oldest_and_proxies_find_it()
    {
        var nodes = await FormByAge(3);
        var proxies = nodes.Select(n => StartManager(n)).ToArray();

        foreach (var proxy in proxies)
            Assert.Equal(PortOf(nodes[0]), await Where(proxy));

        Assert.Equal(1, _ledger.Starts);
    }

    [Fact]
    public async Task Given_the_oldest_leaves_the_next_oldest_takes_over_after_it_has_stopped()
    {
        var nodes = await FormByAge(3);
        var proxies = nodes.Select(n => StartManager(n)).ToArray();
        Assert.Equal(PortOf(nodes[0]), await Where(proxies[2]));

        var leaving = nodes[0].LeaveAsync();
        for (var i = 1; i <= 100; i++)
            proxies[2].Tell(Numbered(i), ActorRefs.NoSender);
        await leaving.WaitAsync(Patience);

        await Until(() => _ledger.Port == PortOf(nodes[1]));
        Assert.Equal(PortOf(nodes[1]), await Where(proxies[2]));
        Assert.Empty(_ledger.Twins);
        Assert.Equal(2, _ledger.Starts);
        var numbers = _ledger.Received.Select(m => m.Number).ToArray();
        Assert.Equal(numbers.Order(), numbers);
    }

    [Fact]
    public async Task Given_the_oldest_crashes_the_next_oldest_takes_over_at_once_after_its_removal()
    {
        var nodes = await FormByAge(3);
        var proxies = nodes.Select(n => StartManager(n)).ToArray();
        Assert.Equal(PortOf(nodes[0]), await Where(proxies[1]));

        await Crash(nodes[0]);
        nodes[2].Down(nodes[0].SelfAddress);
        proxies[2].Tell(Numbered(1), ActorRefs.NoSender);

        await Until(() => _ledger.Port == PortOf(nodes[1]));
        Assert.Equal(PortOf(nodes[1]), await Where(proxies[2]));
        Assert.Empty(_ledger.Twins);
    }

    [Fact]
    public async Task Given_a_removal_margin_the_next_oldest_waits_for_it_after_the_removal()
    {
        var margin = TimeSpan.FromMilliseconds(700);
        var nodes = await FormByAge(2);
        foreach (var node in nodes)
            StartManager(node, null, s => s.WithRemovalMargin(margin));
        await Until(() => _ledger.Port == PortOf(nodes[0]));
        var removed = Events(nodes[1], typeof(ClusterEvent.MemberRemoved));

        await Crash(nodes[0]);
        nodes[1].Down(nodes[0].SelfAddress);
        await removed.Expect<ClusterEvent.MemberRemoved>();
        var start = Stopwatch.GetTimestamp();

        await Until(() => _ledger.Port == PortOf(nodes[1]));
        // The manager's own word of the removal may be a little older than this test's.
        Assert.InRange(Stopwatch.GetElapsedTime(start), margin - TimeSpan.FromMilliseconds(200), Patience);
    }

    [Fact]
    public async Task Given_a_singleton_that_fails_it_is_restarted_where_it_is()
    {
        var nodes = await Form(1, Settings);
        var proxy = StartManager(nodes[0]);

        proxy.Tell(new EntityMessage("", "", LedgerEntity.Fail, 0), ActorRefs.NoSender);

        await Until(() => _ledger.Starts == 2);
        Assert.Equal(PortOf(nodes[0]), await Where(proxy));
    }

    [Fact]
    public async Task Given_a_role_only_its_nodes_host_the_singleton()
    {
        var plain = Start(Settings);
        var voter = Start(Settings + "\nakka.cluster.roles = [voter]");
        plain.Join(plain.SelfAddress);
        await AllUp(plain);
        voter.Join(plain.SelfAddress);
        await AllUp(plain, voter);
        StartManager(voter, "voter");

        var proxy = StartProxy(plain, "voter");

        Assert.Equal(PortOf(voter), await Where(proxy));
    }

    [Fact]
    public async Task Given_no_singleton_the_proxy_keeps_the_newest_messages_up_to_its_buffers_size()
    {
        var nodes = await Form(1, Settings + "\nakka.cluster.singleton-proxy.buffer-size = 5");
        var proxy = StartProxy(nodes[0], null);
        for (var i = 1; i <= 8; i++)
            proxy.Tell(Numbered(i), ActorRefs.NoSender);
        // The last of them is in the buffer when the proxy answers.
        await proxy.Ask<ActorIdentity>(new Identify(1), Patience);

        StartManager(nodes[0]);

        await Until(() => _ledger.Received.Count == 5);
        Assert.Equal([4, 5, 6, 7, 8], _ledger.Received.Select(m => m.Number));
    }

    [Fact]
    public async Task Given_the_last_node_leaves_its_singleton_gets_its_termination_message()
    {
        var nodes = await Form(1, Settings);
        var proxy = StartManager(nodes[0]);
        await Where(proxy);

        await nodes[0].LeaveAsync().WaitAsync(Patience);

        await Until(() => _ledger.Port == 0);
        await nodes[0].System.WhenTerminated.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Given_nodes_that_leave_crash_and_come_back_there_are_never_two(int seed)
    {
        var random = new Random(seed);
        var nodes = (await Form(3, Settings)).ToList();
        foreach (var node in nodes)
            StartManager(node);
        await Until(() => _ledger.Port != 0);

        for (var round = 0; round < 6; round++)
        {
            var victim = nodes[random.Next(nodes.Count)];
            nodes.Remove(victim);
            if (random.Next(2) == 0)
            {
                await victim.LeaveAsync().WaitAsync(Patience);
                await victim.System.WhenTerminated.WaitAsync(Patience);
            }
            else
            {
                await Crash(victim);
                nodes[0].Down(victim.SelfAddress);
            }
            await AllUp([.. nodes]);
            var again = Start(AtPort(PortOf(victim)) + Settings);
            again.Join(nodes[0].SelfAddress);
            nodes.Add(again);
            StartManager(again);
            await AllUp([.. nodes]);
            var oldest = nodes[0].State.Members.MinBy(m => m.UpNumber)!.Address.Port;
            await Until(() => _ledger.Port == oldest);
        }

        Assert.Empty(_ledger.Twins);
    }

    /// <summary>The oldest first.</summary>
    private async Task<global::Akka.Cluster.Cluster[]> FormByAge(int count)
    {
        var nodes = await Form(count, Settings);
        return [.. nodes.OrderBy(n => n.SelfMember.UpNumber)];
    }

    private static EntityMessage Numbered(int number) => new("", "", "", number);

    private static async Task<int> Where(IActorRef proxy) =>
        (await proxy.Ask<EntityReply>(new EntityMessage("", "", LedgerEntity.Where, 0), Patience)).Port;

    private static IActorRef StartProxy(global::Akka.Cluster.Cluster node, string? role) => node.System.ActorOf(
        ClusterSingletonProxy.Props("/user/manager", ClusterSingletonProxySettings.Create(node.System).WithRole(role!)));

    private IActorRef StartManager(
        global::Akka.Cluster.Cluster node,
        string? role = null,
        Func<ClusterSingletonManagerSettings, ClusterSingletonManagerSettings>? change = null)
    {
        var settings = ClusterSingletonManagerSettings.Create(node.System).WithRole(role!);
        var port = PortOf(node);
        var ledger = _ledger;
        node.System.ActorOf(
            ClusterSingletonManager.Props(
                Props.Create(() => new SingletonLedger.Singleton(port, ledger)),
                StopEntity.Instance,
                change is null ? settings : change(settings)),
            "manager");
        return StartProxy(node, role);
    }
}
