using Akka.Actor;
using Akka.Cluster;
using ActorBroker.Akka.Tests.Actor.Support;
using ActorBroker.Akka.Tests.Cluster.Support;

namespace ActorBroker.Akka.Tests.Cluster;

public sealed class FormationTests : ClusterTest
{
    [Fact]
    public async Task Given_one_node_that_joins_itself_it_is_up_and_leads()
    {
        var node = Start("akka.cluster.roles = [voter, node-1]\nakka.cluster.app-version = \"1.2.3\"");
        Assert.Equal(MemberStatus.Removed, node.SelfMember.Status);

        node.Join(node.SelfAddress);

        await AllUp(node);
        await Until(() => node.State.Leader == node.SelfAddress && node.State.RoleLeader("voter") == node.SelfAddress);
        Assert.True(node.IsUp);
        Assert.True(node.SelfMember.HasRole("node-1"));
        Assert.Equal("1.2.3", node.SelfMember.AppVersion.ToString());
        Assert.Equal(1, node.SelfMember.UpNumber);
    }

    [Fact]
    public async Task Given_three_seed_nodes_started_together_they_form_one_cluster()
    {
        int[] ports = [FreePort(), FreePort(), FreePort()];

        var nodes = ports.Select(p => Start(AtPort(p) + Seeds(ports))).ToArray();

        await AllUp(nodes);
        await Until(() => nodes.Select(n => n.State.Leader).Distinct().Count() == 1);
        var age = nodes[2].State.Members.Select(m => m.UpNumber).Order().ToArray();
        Assert.Equal([1, 2, 3], age);
    }

    [Fact]
    public async Task Given_the_first_seed_is_last_the_others_wait_for_it()
    {
        int[] ports = [FreePort(), FreePort(), FreePort()];
        var second = Start(AtPort(ports[1]) + Seeds(ports));
        var third = Start(AtPort(ports[2]) + Seeds(ports));
        await Task.WhenAll(Asked(second), Asked(third));
        Assert.Empty(second.State.Members);
        Assert.Empty(third.State.Members);

        var first = Start(AtPort(ports[0]) + Seeds(ports));

        await AllUp(first, second, third);
        Assert.Equal(first.SelfAddress, first.State.Members.MinBy(m => m.UpNumber)!.Address);
    }

    [Fact]
    public async Task Given_the_others_are_silent_the_first_seed_founds_a_cluster_after_its_timeout()
    {
        int[] ports = [FreePort(), FreePort(), FreePort()];

        var first = Start(AtPort(ports[0]) + Seeds(ports));

        await AllUp(first);
    }

    [Fact]
    public async Task Given_a_cluster_a_first_seed_that_comes_back_joins_it_and_founds_none()
    {
        int[] ports = [FreePort(), FreePort()];
        var first = Start(AtPort(ports[0]) + Seeds(ports));
        var second = Start(AtPort(ports[1]) + Seeds(ports));
        await AllUp(first, second);
        await Crash(first);
        second.Down(first.SelfAddress);
        await AllUp(second);

        var again = Start(AtPort(ports[0]) + Seeds(ports));

        await AllUp(again, second);
        Assert.Equal(second.SelfAddress, again.State.Members.MinBy(m => m.UpNumber)!.Address);
    }

    [Fact]
    public async Task Given_seed_nodes_by_program_they_are_joined()
    {
        var first = Start();
        var second = Start();
        Address[] seeds = [first.SelfAddress, second.SelfAddress];

        await Task.WhenAll(first.JoinSeedNodesAsync(seeds), second.JoinSeedNodesAsync(seeds)).WaitAsync(Patience);

        await AllUp(first, second);
    }

    [Fact]
    public async Task Given_too_few_members_they_stay_joining_until_there_are_enough()
    {
        const string Two = "akka.cluster.min-nr-of-members = 2\nakka.cluster.role.voter.min-nr-of-members = 2\n";
        const string Voter = "akka.cluster.roles = [voter]";
        var first = Start(Two + Voter);
        first.Join(first.SelfAddress);
        await Sees(first, first, MemberStatus.Joining);
        var second = Start(Two);
        second.Join(first.SelfAddress);
        await Sees(first, second, MemberStatus.Joining);

        var third = Start(Two + Voter);
        third.Join(first.SelfAddress);

        await AllUp(first, second, third);
    }

    [Fact]
    public async Task Given_nobody_answers_JoinAsync_fails_when_its_token_is_cancelled_and_a_later_join_works()
    {
        var node = Start();
        using var cancellation = new CancellationTokenSource();
        var joining = node.JoinAsync(new Address("akka.tcp", "test", "127.0.0.1", FreePort()), cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<ClusterJoinFailedException>(() => joining).WaitAsync(Patience);
        await node.JoinAsync(node.SelfAddress).WaitAsync(Patience);
        await AllUp(node);
    }

    [Fact]
    public async Task Given_seed_nodes_never_answer_the_node_shuts_down_if_it_is_told_to()
    {
        var port = FreePort();
        var node = Start(Seeds(port) + "akka.cluster.shutdown-after-unsuccessful-join-seed-nodes = 300ms");

        await node.System.WhenTerminated.WaitAsync(Patience);

        Assert.Same(CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance, CoordinatedShutdown.Get(node.System).ShutdownReason);
    }

    [Fact]
    public async Task Given_a_node_of_another_system_name_it_is_not_let_in()
    {
        var nodes = await Form(1);
        nodes[0].Join(new Address("akka.tcp", "other", "127.0.0.1", nodes[0].SelfAddress.Port));

        var node = Start();
        node.Join(new Address("akka.tcp", "other", "127.0.0.1", nodes[0].SelfAddress.Port));
        await Asked(node);

        Assert.Empty(node.State.Members);
        await AllUp(nodes);
    }

    [Fact]
    public async Task Given_a_subscriber_it_gets_state_or_events_and_nothing_after_it_unsubscribes()
    {
        var nodes = await Form(2);
        var asEvents = Events(nodes[0], typeof(ClusterEvent.MemberUp));
        var ups = new[] { await asEvents.Expect<ClusterEvent.MemberUp>(), await asEvents.Expect<ClusterEvent.MemberUp>() };
        Assert.Equal(nodes.Select(n => n.SelfAddress).ToHashSet(), ups.Select(u => u.Member.Address).ToHashSet());
        var asState = new Probe(nodes[0].System);
        nodes[0].Subscribe(asState.Ref, typeof(ClusterEvent.IMemberEvent));
        Assert.Equal(2, (await asState.Expect<ClusterEvent.CurrentClusterState>()).Members.Count);
        nodes[0].Unsubscribe(asState.Ref);

        var third = Start();
        third.Join(nodes[1].SelfAddress);
        await AllUp([.. nodes, third]);

        Assert.Equal(third.SelfAddress, (await asEvents.Expect<ClusterEvent.MemberUp>()).Member.Address);
        nodes[0].SendCurrentClusterState(asState.Ref);
        Assert.Equal(3, (await asState.Expect<ClusterEvent.CurrentClusterState>()).Members.Count);
    }

    [Fact]
    public async Task Given_callbacks_for_up_and_removed_each_is_called_once()
    {
        var node = Start();
        var up = 0;
        var removed = 0;
        node.RegisterOnMemberUp(() => up++);
        node.RegisterOnMemberRemoved(() => removed++);
        node.Join(node.SelfAddress);
        await Until(() => up == 1);

        await node.LeaveAsync().WaitAsync(Patience);

        await node.System.WhenTerminated.WaitAsync(Patience);
        Assert.Equal((1, 1), (up, removed));
        node.RegisterOnMemberRemoved(() => removed++);
        Assert.Equal(2, removed);
    }

    [Fact]
    public async Task Given_a_cluster_the_engines_own_actors_have_threads_of_their_own()
    {
        var node = Start();
        var thread = new TaskCompletionSource<string?>();

        node.System.ActorOf(FunctionActor
            .Props((_, _) => { }, preStart: _ => thread.SetResult(Thread.CurrentThread.Name))
            .WithDispatcher(node.Settings.UseDispatcher));

        Assert.StartsWith("akka.actor.internal-dispatcher", await thread.Task.WaitAsync(Patience));
    }

    /// <summary>It has had time to ask and be answered: its daemon answers questions in turn.</summary>
    private static async Task Asked(global::Akka.Cluster.Cluster node)
    {
        for (var i = 0; i < 20; i++)
        {
            var probe = new Probe(node.System);
            node.SendCurrentClusterState(probe.Ref);
            await probe.Expect<ClusterEvent.CurrentClusterState>();
            await Task.Delay(10);
        }
    }
}
