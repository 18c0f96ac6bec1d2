using Akka.Actor;
using Akka.Cluster;
using ActorBroker.Akka.Tests.Actor.Support;
using ActorBroker.Akka.Tests.Cluster.Support;

namespace ActorBroker.Akka.Tests.Cluster;

public sealed class LifeTests : ClusterTest
{
    private const string StaysAlive = "akka.cluster.run-coordinated-shutdown-when-down = off\n";

    [Fact]
    public async Task Given_a_member_that_leaves_the_others_see_each_step_and_its_system_ends()
    {
        var nodes = await Form(3);
        var events = Events(nodes[0], typeof(ClusterEvent.MemberLeft), typeof(ClusterEvent.MemberExited), typeof(ClusterEvent.MemberRemoved));

        nodes[1].Leave(nodes[2].SelfAddress);

        Assert.Equal(nodes[2].SelfUniqueAddress, (await events.Expect<ClusterEvent.MemberLeft>()).Member.UniqueAddress);
        Assert.Equal(nodes[2].SelfUniqueAddress, (await events.Expect<ClusterEvent.MemberExited>()).Member.UniqueAddress);
        var removed = await events.Expect<ClusterEvent.MemberRemoved>();
        Assert.Equal((nodes[2].SelfUniqueAddress, MemberStatus.Exiting), (removed.Member.UniqueAddress, removed.PreviousStatus));
        await nodes[2].System.WhenTerminated.WaitAsync(Patience);
        Assert.Same(CoordinatedShutdown.ClusterLeavingReason.Instance, CoordinatedShutdown.Get(nodes[2].System).ShutdownReason);
        await AllUp(nodes[..2]);
    }

    [Fact]
    public async Task Given_a_system_that_terminates_it_leaves_first()
    {
        var nodes = await Form(3);
        var events = Events(nodes[2], typeof(ClusterEvent.MemberRemoved));

        await nodes[0].System.Terminate().WaitAsync(Patience);

        Assert.Equal(MemberStatus.Exiting, (await events.Expect<ClusterEvent.MemberRemoved>()).PreviousStatus);
        await AllUp(nodes[1..]);
    }

    [Fact]
    public async Task Given_all_members_terminate_at_once_all_end()
    {
        var nodes = await Form(3);

        await Task.WhenAll(nodes.Select(n => n.System.Terminate())).WaitAsync(Patience);

        Assert.All(nodes, n => Assert.True(n.IsTerminated));
    }

    [Fact]
    public async Task Given_a_crash_the_member_is_unreachable_until_it_is_downed_and_then_removed()
    {
        var nodes = await Form(3);
        var events = Events(nodes[0], typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.MemberDowned), typeof(ClusterEvent.MemberRemoved));

        await Crash(nodes[2]);

        Assert.Equal(nodes[2].SelfAddress, (await events.Expect<ClusterEvent.UnreachableMember>()).Member.Address);
        await Until(() => nodes[1].State.Unreachable.Count == 1);
        Assert.Equal(3, nodes[0].State.Members.Count);
        nodes[1].Down(nodes[2].SelfAddress);
        await events.Expect<ClusterEvent.MemberDowned>();
        Assert.Equal(MemberStatus.Down, (await events.Expect<ClusterEvent.MemberRemoved>()).PreviousStatus);
        await AllUp(nodes[..2]);
    }

    [Fact]
    public async Task Given_a_crashed_member_that_nobody_has_missed_its_next_incarnation_takes_its_place()
    {
        var port = FreePort();
        var nodes = await Form(2);
        var victim = Start(AtPort(port));
        victim.Join(nodes[0].SelfAddress);
        await AllUp([.. nodes, victim]);
        var events = Events(nodes[1], typeof(ClusterEvent.MemberDowned), typeof(ClusterEvent.MemberRemoved));
        await Crash(victim);

        var next = Start(AtPort(port));
        next.Join(nodes[0].SelfAddress);

        await AllUp([.. nodes, next]);
        Assert.Equal(victim.SelfUniqueAddress, (await events.Expect<ClusterEvent.MemberDowned>()).Member.UniqueAddress);
        Assert.Equal(victim.SelfUniqueAddress, (await events.Expect<ClusterEvent.MemberRemoved>()).Member.UniqueAddress);
        Assert.Equal(victim.SelfAddress, next.SelfAddress);
        Assert.NotEqual(victim.SelfUniqueAddress, next.SelfUniqueAddress);
    }

    [Fact]
    public async Task Given_an_unreachable_member_joining_ones_are_weakly_up_until_it_is_downed()
    {
        var nodes = await Form(3);
        await Crash(nodes[2]);
        await Until(() => nodes[0].State.Unreachable.Count == 1 && nodes[1].State.Unreachable.Count == 1);

        var fourth = Start();
        fourth.Join(nodes[1].SelfAddress);

        await Sees(fourth, fourth, MemberStatus.WeaklyUp);
        Assert.True(fourth.IsUp);
        nodes[0].Down(nodes[2].SelfAddress);
        await AllUp(nodes[0], nodes[1], fourth);
    }

    [Fact]
    public async Task Given_a_live_member_that_is_downed_its_system_ends_and_the_others_remove_it_at_once()
    {
        var nodes = await Form(3);

        nodes[0].Down(nodes[1].SelfAddress);

        await nodes[1].System.WhenTerminated.WaitAsync(Patience);
        Assert.Same(CoordinatedShutdown.ClusterDowningReason.Instance, CoordinatedShutdown.Get(nodes[1].System).ShutdownReason);
        await AllUp(nodes[0], nodes[2]);
    }

    [Fact]
    public async Task Given_a_member_that_downs_itself_it_ends_its_cluster_and_the_others_go_on()
    {
        var nodes = await Form(3);

        nodes[0].Down(nodes[0].SelfAddress);

        await Until(() => nodes[0].IsTerminated);
        await AllUp(nodes[1], nodes[2]);
    }

    [Fact]
    public async Task Given_a_downed_member_that_stays_alive_it_is_quarantined_and_not_heard_again()
    {
        var nodes = await Form(2, StaysAlive);
        var inbox = new Probe(nodes[0].System);
        var path = nodes[0].RemotePathOf(inbox.Ref);
        nodes[1].System.ActorSelection(path).Tell("before", ActorRefs.NoSender);
        Assert.Equal("before", await inbox.Next());

        nodes[0].Down(nodes[1].SelfAddress);

        await AllUp(nodes[0]);
        await Until(() => nodes[1].IsTerminated);
        for (var i = 0; i < 20; i++)
        {
            nodes[1].System.ActorSelection(path).Tell("after", ActorRefs.NoSender);
            await Task.Delay(10);
        }
        inbox.Ref.Tell("end", ActorRefs.NoSender);
        Assert.Equal("end", await inbox.Next());
    }

    [Fact]
    public async Task Given_an_actor_of_another_member_is_watched_its_end_is_told_when_the_member_is_removed_and_not_before()
    {
        var nodes = await Form(3);
        var watched = new Probe(nodes[2].System);
        var path = nodes[2].RemotePathOf(watched.Ref);
        var told = new Probe(nodes[0].System);
        var reference = await nodes[0].System.ActorSelection(path).ResolveOne(Patience);
        nodes[0].System.ActorOf(FunctionActor.Props(
            (_, message) => told.Ref.Tell(Tuple.Create(message), ActorRefs.NoSender), preStart: context => context.Watch(reference)));
        await Crash(nodes[2]);
        await Until(() => nodes[0].State.Unreachable.Count == 1 && nodes[1].State.Unreachable.Count == 1);
        told.Ref.Tell("unreachable only", ActorRefs.NoSender);
        Assert.Equal("unreachable only", await told.Next());

        nodes[1].Down(nodes[2].SelfAddress);

        var ended = Assert.IsType<Terminated>((await told.Expect<Tuple<object>>()).Item1);
        Assert.True(ended.AddressTerminated);
        Assert.Equal(reference, ended.ActorRef);
    }

    [Fact]
    public async Task Given_a_downing_provider_it_is_made_with_system_and_cluster_and_its_actor_downs()
    {
        // Whoever is paused for less is not downed: the machine that runs the tests may be busy.
        var nodes = await Form(3, $"""
            akka.cluster.downing-provider-class = "{typeof(DownTheUnreachable).AssemblyQualifiedName}"
            akka.cluster.failure-detector.acceptable-heartbeat-pause = 4s
            """);
        Assert.Equal(TimeSpan.FromMilliseconds(123), Assert.IsType<DownTheUnreachable>(nodes[0].DowningProvider).DownRemovalMargin);
        Assert.IsType<NoDowning>(Start().DowningProvider);

        await Crash(nodes[0]);

        await AllUp(nodes[1], nodes[2]);
    }

    [Fact]
    public async Task Given_LeaveAsync_it_completes_when_the_node_is_removed()
    {
        var nodes = await Form(2);

        var leaving = nodes[1].LeaveAsync();

        Assert.Same(leaving, nodes[1].LeaveAsync());
        await leaving.WaitAsync(Patience);
        Assert.Equal(MemberStatus.Removed, nodes[1].SelfMember.Status);
        await AllUp(nodes[0]);
    }

    [Fact]
    public async Task Given_the_leader_leaves_another_one_removes_it()
    {
        var nodes = await Form(3);
        await Until(() => nodes.All(n => n.State.Leader is not null));
        var leader = nodes.Single(n => n.SelfAddress == nodes[0].State.Leader);

        await leader.LeaveAsync().WaitAsync(Patience);

        await AllUp([.. nodes.Where(n => n != leader)]);
    }

    public sealed class DownTheUnreachable(ActorSystem system, global::Akka.Cluster.Cluster cluster) : IDowningProvider
    {
        public TimeSpan DownRemovalMargin => TimeSpan.FromMilliseconds(123);

        public Props DowningActorProps => FunctionActor.Props(
            (_, message) =>
            {
                if (message is ClusterEvent.UnreachableMember unreachable && cluster.System == system)
                    cluster.Down(unreachable.Member.Address);
            },
            preStart: context => cluster.Subscribe(context.Self, typeof(ClusterEvent.UnreachableMember)));
    }
}
