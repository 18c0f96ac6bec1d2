using Akka.Cluster;
using ActorBroker.Akka.Tests.Cluster.Support;

namespace ActorBroker.Akka.Tests.Cluster;

/// <summary>Many clusters, each with its own seed and faults. <c>SEED=…</c> replays one.</summary>
public sealed class MembershipModelTests
{
    private const int SeedsPerTest = 150;

    private static IEnumerable<int> Seeds => int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var seed)
        ? [seed]
        : Enumerable.Range(1, SeedsPerTest);

    [Fact]
    public void Members_become_up_whatever_is_lost_duplicated_or_reordered() => ForEachSeed((cluster, random) =>
    {
        cluster.Loss = random.NextDouble() * 0.5;
        cluster.Duplication = random.NextDouble() * 0.3;
        cluster.Reordering = random.NextDouble();
        var founder = cluster.Found(1);
        for (var number = 2; number <= 2 + random.Next(6); number++)
        {
            cluster.Join(number, founder);
            cluster.Run(random.Next(60));
        }
        cluster.RunUntil(cluster.AllUp, "all up");
        var upNumbers = founder.Machine.State.Members.Select(m => m.UpNumber).ToArray();
        Assert.Equal(upNumbers.Length, upNumbers.Distinct().Count());
    });

    [Fact]
    public void Leaving_members_exit_and_are_removed() => ForEachSeed((cluster, random) =>
    {
        var nodes = Form(cluster, random, 3 + random.Next(3));
        cluster.Loss = random.NextDouble() * 0.3;
        var leaving = nodes.OrderBy(_ => random.Next()).Take(1 + random.Next(nodes.Count - 1)).ToArray();
        foreach (var node in leaving)
        {
            cluster.Do(nodes[random.Next(nodes.Count)], m => m.Leave(node.Address));
            cluster.Run(random.Next(100));
        }
        // A request that reached nobody (its node had ended) is repeated.
        cluster.RunUntil(
            () =>
            {
                foreach (var node in leaving.Where(n => !n.Ended && n.Machine.State.SelfMember.Status == MemberStatus.Up))
                    cluster.Do(node, m => m.Leave(node.Address));
                return leaving.All(n => n.Ended) && cluster.AllUp();
            },
            "the leaving have left, the others are up");
        foreach (var left in leaving)
        {
            Assert.All(cluster.Alive, n => Assert.Contains(n.Events, e => e is ClusterEvent.MemberRemoved removed
                && removed.Member.UniqueAddress == left.Self && removed.PreviousStatus == MemberStatus.Exiting));
        }
    });

    [Fact]
    public void Crashed_members_are_removed_once_downed_and_their_next_incarnation_joins() => ForEachSeed((cluster, random) =>
    {
        var nodes = Form(cluster, random, 3 + random.Next(3));
        cluster.Loss = random.NextDouble() * 0.3;
        var victim = nodes[random.Next(nodes.Count)];
        cluster.Crash(victim);
        cluster.Run(random.Next(200));
        var survivors = cluster.Alive.ToArray();
        SimulatedNode next;
        if (random.Next(2) == 0)
        {
            // It is back before anybody has noticed: no one has to down it.
            next = cluster.Join(int.Parse(victim.Address.Host!.Split('.')[3]), survivors[random.Next(survivors.Length)]);
        }
        else
        {
            cluster.Do(survivors[random.Next(survivors.Length)], m => m.Down(victim.Address));
            cluster.RunUntil(cluster.AllUp, "the victim is removed");
            next = cluster.Join(int.Parse(victim.Address.Host!.Split('.')[3]), survivors[random.Next(survivors.Length)]);
        }
        cluster.RunUntil(() => cluster.AllUp() && next.Machine.IsMember, "the next incarnation is up");
        Assert.All(cluster.Alive, n => Assert.False(n.Machine.State.Gossip.HasMember(victim.Self)));
    });

    [Fact]
    public void Cuts_make_members_unreachable_and_healing_makes_them_reachable() => ForEachSeed((cluster, random) =>
    {
        var nodes = Form(cluster, random, 3 + random.Next(4));
        var cut = nodes[random.Next(nodes.Count)];
        foreach (var other in nodes.Where(n => n != cut))
        {
            if (random.Next(3) > 0)
                cluster.Cut(cut, other);
            else
                cluster.CutOneWay(cut, other);
        }
        cluster.RunUntil(
            () => nodes.Where(n => n != cut).All(n => !n.Machine.State.Gossip.Reachability.IsReachable(n.Self, cut.Self)),
            "everybody has lost it");
        Assert.All(nodes, n => Assert.All(n.Machine.State.Members, m => Assert.Equal(MemberStatus.Up, m.Status)));
        cluster.Heal();
        cluster.RunUntil(
            () => cluster.AllUp() && nodes.All(n => n.Machine.State.Gossip.Reachability.IsAllReachable), "all reachable again");
    });

    [Fact]
    public void A_downed_member_that_lives_ends_itself_as_soon_as_it_hears_of_it() => ForEachSeed((cluster, random) =>
    {
        var nodes = Form(cluster, random, 3 + random.Next(4));
        cluster.Loss = random.NextDouble() * 0.4;
        var victim = nodes[random.Next(nodes.Count)];
        var isolated = random.Next(2) == 0;
        var others = nodes.Where(n => n != victim).ToArray();
        foreach (var other in others.Where(_ => isolated))
            cluster.Cut(victim, other);
        cluster.Run(random.Next(300));
        cluster.Do(others[random.Next(others.Length)], m => m.Down(victim.Address));
        if (isolated)
        {
            cluster.RunUntil(() => others.All(n => !n.Machine.State.Gossip.HasMember(victim.Self)), "removed by the others");
            Assert.False(victim.Ended);
            cluster.Heal();
        }
        cluster.RunUntil(() => victim.Ended && cluster.AllUp(), "the victim has ended");
    });

    [Fact]
    public void Everything_at_once_ends_with_one_view() => ForEachSeed((cluster, random) =>
    {
        cluster.Loss = random.NextDouble() * 0.4;
        cluster.Duplication = random.NextDouble() * 0.3;
        Form(cluster, random, 4 + random.Next(3));
        var number = 20;
        for (var round = 0; round < 12; round++)
        {
            var members = cluster.Members.ToArray();
            var one = members[random.Next(members.Length)];
            var other = members[random.Next(members.Length)];
            switch (random.Next(6))
            {
                case 0 when one != other && members.Length > 3:
                    cluster.Do(one, m => m.Leave(other.Address));
                    break;
                case 1 when one != other && members.Length > 3:
                    cluster.Crash(other);
                    break;
                case 2 when one != other && members.Length > 3:
                    cluster.Do(one, m => m.Down(other.Address));
                    break;
                case 3:
                    cluster.Join(number++, one);
                    break;
                case 4 when one != other:
                    cluster.Cut(one, other);
                    break;
                case 5:
                    cluster.Heal();
                    break;
            }
            cluster.Run(random.Next(150));
        }
        cluster.Heal();
        cluster.RunUntil(
            () =>
            {
                DownTheDead(cluster);
                return cluster.AllUp();
            },
            "one view");
    });

    [Fact]
    public void A_quiet_cluster_says_little()
    {
        var cluster = new SimulatedCluster(1);
        Form(cluster, new Random(1), 6);
        cluster.RunUntil(() => cluster.Members.All(n => n.Machine.State.Gossip.Seen.Count == 6), "all have seen");
        cluster.Run(2_000);
        var before = cluster.MessagesDelivered;
        cluster.Run(2_000);
        // One status per gossip tick, and a tick is no more than every fourth step.
        Assert.InRange(cluster.MessagesDelivered - before, 1, 700);
    }

    private static void DownTheDead(SimulatedCluster cluster)
    {
        foreach (var node in cluster.Members.ToArray())
        {
            foreach (var member in node.Machine.State.Members.Where(m => m.Status is not (MemberStatus.Down or MemberStatus.Removed)).ToArray())
            {
                if (cluster.Alive.All(n => n.Self != member.UniqueAddress) && !node.Machine.State.Gossip.Reachability.IsReachable(member.UniqueAddress))
                    cluster.Do(node, m => m.Down(member.Address));
            }
        }
    }

    private static List<SimulatedNode> Form(SimulatedCluster cluster, Random random, int count)
    {
        var nodes = new List<SimulatedNode> { cluster.Found(1) };
        for (var number = 2; number <= count; number++)
            nodes.Add(cluster.Join(number, nodes[random.Next(nodes.Count)]));
        cluster.RunUntil(cluster.AllUp, "formed");
        return nodes;
    }

    private static void ForEachSeed(Action<SimulatedCluster, Random> scenario)
    {
        foreach (var seed in Seeds)
        {
            try
            {
                scenario(new SimulatedCluster(seed), new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"SEED={seed}: {e.Message}", e);
            }
        }
    }
}
