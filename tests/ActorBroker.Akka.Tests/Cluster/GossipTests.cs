using System.Collections.Immutable;
using Akka.Cluster;
using ActorBroker.Akka.Tests.Cluster.Support;
using static ActorBroker.Akka.Tests.Cluster.Support.Nodes;

namespace ActorBroker.Akka.Tests.Cluster;

public sealed class GossipTests
{
    [Fact]
    public void Merging_is_commutative_associative_and_idempotent()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var (a, b, c) = Diverged(new Random(seed));
            Same(a.Merge(b), b.Merge(a), seed);
            Same(a.Merge(b).Merge(c), a.Merge(b.Merge(c)), seed);
            Same(a.Merge(a), a, seed);
            Same(a.Merge(b).Merge(b), a.Merge(b), seed);
            Same(a.Merge(b).Merge(a), a.Merge(b), seed);
        }
    }

    [Fact]
    public void A_merge_is_after_both_sides_or_the_same()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var (a, b, _) = Diverged(new Random(seed));
            var merged = a.Merge(b);
            foreach (var side in new[] { a, b })
            {
                var alive = side.Version.Without(merged.Tombstones.Keys);
                Assert.True(merged.Version.CompareTo(alive) is ClockOrder.After or ClockOrder.Same, $"seed {seed}");
                foreach (var member in side.Members.Where(m => !merged.Tombstones.ContainsKey(m.UniqueAddress)))
                    Assert.True(Progress(merged.Member(member.UniqueAddress)) >= Progress(member), $"seed {seed}");
            }
        }

        static int Progress(Member member) => global::Akka.Cluster.Member.Progress(member.Status);
    }

    [Fact]
    public void A_removed_member_does_not_come_back_by_a_merge()
    {
        var old = Gossip(Member(A, MemberStatus.Up, 1), Member(B, MemberStatus.Down, 2), Member(C, MemberStatus.Up, 3));
        old = old with { Version = VectorClock.Zero.Increment(A).Increment(B).Increment(C), Reachability = Reachability.Empty.Unreachable(C, B) };
        var removed = old.Remove([B], 17) with { };
        removed = removed with { Version = removed.Version.Increment(A) };
        var stale = old with { Version = old.Version.Increment(B).Increment(C), Reachability = old.Reachability.Unreachable(B, A) };

        foreach (var merged in new[] { removed.Merge(stale), stale.Merge(removed) })
        {
            Assert.Equal([A, C], merged.Members.Select(m => m.UniqueAddress));
            Assert.True(merged.Reachability.IsAllReachable);
            Assert.DoesNotContain(B, merged.Version.Counts.Keys);
            Assert.Equal(17, merged.Tombstones[B]);
        }
    }

    [Fact]
    public void Nobody_has_seen_a_merge()
    {
        var one = Gossip(Member(A, MemberStatus.Up, 1)).SeenByAll();

        Assert.Empty(one.Merge(one with { Version = VectorClock.Zero.Increment(B) }).Seen);
    }

    [Fact]
    public void Tombstones_are_forgotten_after_their_time()
    {
        var gossip = Gossip(Member(A, MemberStatus.Up, 1), Member(B, MemberStatus.Down), Member(C, MemberStatus.Down)).Remove([B], 100).Remove([C], 200);

        Assert.Equal([C], gossip.PruneTombstones(150).Tombstones.Keys);
        Assert.Same(gossip, gossip.PruneTombstones(100));
    }

    [Theory]
    [InlineData(MemberStatus.Joining, MemberStatus.WeaklyUp)]
    [InlineData(MemberStatus.WeaklyUp, MemberStatus.Up)]
    [InlineData(MemberStatus.Up, MemberStatus.Leaving)]
    [InlineData(MemberStatus.Leaving, MemberStatus.Exiting)]
    [InlineData(MemberStatus.Exiting, MemberStatus.Down)]
    public void Of_two_states_of_a_member_the_further_one_wins_and_there_is_no_way_back(MemberStatus before, MemberStatus after)
    {
        var (near, far) = (Member(A, before, 4), Member(A, after, 4));

        Assert.Same(far, global::Akka.Cluster.Member.HighestPriorityOf(near, far));
        Assert.Same(far, global::Akka.Cluster.Member.HighestPriorityOf(far, near));
        Assert.Equal(after, near.Copy(after).Status);
        Assert.Throws<InvalidOperationException>(() => far.Copy(before));
        Assert.Equal(MemberStatus.Removed, far.Copy(MemberStatus.Removed).Status);
    }

    [Fact]
    public void Clocks_know_before_after_same_and_concurrent()
    {
        var one = VectorClock.Zero.Increment(A);
        var two = one.Increment(B);

        Assert.Equal(ClockOrder.Same, one.CompareTo(VectorClock.Zero.Increment(A)));
        Assert.Equal(ClockOrder.Before, one.CompareTo(two));
        Assert.Equal(ClockOrder.After, two.CompareTo(one));
        Assert.Equal(ClockOrder.Concurrent, one.Increment(C).CompareTo(two));
        Assert.Equal(ClockOrder.Same, two.Without([B]).CompareTo(one));
        Assert.Equal(ClockOrder.After, one.Increment(C).Merge(two).CompareTo(two));
    }

    [Fact]
    public void Of_an_observers_rows_the_newer_wins_and_what_is_terminated_stays_so()
    {
        var first = Reachability.Empty.Unreachable(A, B).Unreachable(A, C);
        var later = first.Reachable(A, B).Terminated(A, C);

        foreach (var merged in new[] { first.Merge(later, _ => true), later.Merge(first, _ => true) })
        {
            Assert.True(merged.IsReachable(B));
            Assert.Equal([C], merged.AllTerminated);
            Assert.Equal(4, merged.Rows[A].Version);
        }
        Assert.Same(later, later.Reachable(A, C));
        Assert.Same(later, later.Reachable(D, B));
        Assert.True(later.Merge(first, n => n != C).IsAllReachable);
    }

    [Fact]
    public void A_node_is_unreachable_when_it_is_for_one_observer_who_is_not_down()
    {
        var gossip = Gossip(Member(A, MemberStatus.Up, 1), Member(B, MemberStatus.Down, 2), Member(C, MemberStatus.Up, 3)).SeenByAll() with
        {
            Reachability = Reachability.Empty.Unreachable(B, C),
        };
        var state = new MembershipState(gossip, A);

        Assert.False(gossip.Reachability.IsReachable(C));
        Assert.True(gossip.Reachability.IsReachable(A, C));
        Assert.True(state.ReachabilityExcludingDownedObservers.IsReachable(C));
        Assert.True(state.Convergence(None));
    }

    [Fact]
    public void There_is_convergence_when_all_who_count_have_seen_and_the_unreachable_are_on_their_way_out()
    {
        var gossip = Gossip(
            Member(A, MemberStatus.Up, 1), Member(B, MemberStatus.Leaving, 2), Member(C, MemberStatus.Exiting, 3), Member(D, MemberStatus.Joining));
        MembershipState Seen(params UniqueAddress[] by) => new(gossip with { Seen = [.. by] }, A);

        Assert.False(Seen(A).Convergence(None));
        Assert.True(Seen(A, B).Convergence(None));
        Assert.True(Seen(A).Convergence(None.Add(B)));
        gossip = gossip with { Reachability = Reachability.Empty.Unreachable(A, C) };
        Assert.True(Seen(A, B).Convergence(None));
        gossip = gossip with { Reachability = Reachability.Empty.Unreachable(A, D) };
        Assert.False(Seen(A, B).Convergence(None));
    }

    [Fact]
    public void The_leader_is_the_first_reachable_member_that_is_up_or_leaving()
    {
        var gossip = Gossip(Member(A, MemberStatus.Joining), Member(B, MemberStatus.Up, 1), Member(C, MemberStatus.Up, 2));

        Assert.Equal(B, new MembershipState(gossip, A).Leader);
        Assert.Equal(C, new MembershipState(gossip with { Reachability = Reachability.Empty.Unreachable(C, B) }, C).Leader);
        Assert.Equal(B, new MembershipState(gossip with { Reachability = Reachability.Empty.Unreachable(C, B) }, B).Leader);
        Assert.Equal(C, new MembershipState(gossip.MarkDown(gossip.Member(B)), A).Leader);
        Assert.Equal(A, new MembershipState(Gossip(Member(A, MemberStatus.Joining), Member(B, MemberStatus.Exiting, 1)), A).Leader);
    }

    [Fact]
    public void A_leader_moves_members_on_and_removes_those_that_are_gone()
    {
        var state = new MembershipState(
            Gossip(Member(A, MemberStatus.Up, 7), Member(B, MemberStatus.Joining), Member(C, MemberStatus.Leaving, 3), Member(D, MemberStatus.Down, 4))
                .SeenByAll() with { Reachability = Reachability.Empty.Unreachable(A, D) },
            A);

        var plan = LeaderPlanner.OnConvergence(state, Rules, None);

        Assert.Equal([(B, MemberStatus.Up, 8), (C, MemberStatus.Exiting, 3)], plan.Changed.Select(m => (m.UniqueAddress, m.Status, m.UpNumber)));
        Assert.Equal([D], plan.Removed.Select(m => m.UniqueAddress));
        Assert.Empty(LeaderPlanner.OnConvergence(state, Rules with { MinMembers = 5 }, None).Changed.Where(m => m.Status == MemberStatus.Up));
        Assert.Empty(LeaderPlanner
            .OnConvergence(state, Rules with { MinMembersOfRole = ImmutableDictionary<string, int>.Empty.Add("voter", 1) }, None)
            .Changed.Where(m => m.Status == MemberStatus.Up));
    }

    private static void Same(Gossip x, Gossip y, int seed)
    {
        static string Text(Member m) => m.ToString();
        Assert.True(x.Members.Select(Text).SequenceEqual(y.Members.Select(Text)), $"members, seed {seed}:\n{x}\n{y}");
        Assert.True(x.Reachability.SameAs(y.Reachability), $"reachability, seed {seed}:\n{x}\n{y}");
        Assert.True(x.Version.CompareTo(y.Version) == ClockOrder.Same, $"version, seed {seed}:\n{x}\n{y}");
        Assert.True(x.Tombstones.OrderBy(t => t.Key).SequenceEqual(y.Tombstones.OrderBy(t => t.Key)), $"tombstones, seed {seed}");
    }

    /// <summary>Three nodes change what they had in common, each without the others.</summary>
    private static (Gossip A, Gossip B, Gossip C) Diverged(Random random)
    {
        var common = Gossip(Member(A, MemberStatus.Up, 1), Member(B, MemberStatus.Up, 2), Member(C, MemberStatus.Up, 3)) with
        {
            Version = VectorClock.Zero.Increment(A).Increment(B).Increment(C),
        };
        for (var i = 0; i < 4; i++)
            common = Changed(common, A, random);
        return (Walk(A), Walk(B), Walk(C));

        Gossip Walk(UniqueAddress by)
        {
            var gossip = common;
            for (var i = random.Next(6); i >= 0; i--)
                gossip = Changed(gossip, by, random);
            return gossip;
        }
    }

    private static Gossip Changed(Gossip gossip, UniqueAddress by, Random random)
    {
        var members = gossip.Members;
        var member = members.Count == 0 ? null : members[random.Next(members.Count)];
        var next = random.Next(6) switch
        {
            0 => gossip with { Members = members.Add(Member(Node(4 + random.Next(4), random.Next(1, 4)), MemberStatus.Joining)) },
            1 when member is { Status: not MemberStatus.Down } => gossip.MarkDown(member),
            2 when member is { Status: MemberStatus.Up or MemberStatus.Joining } => gossip.Replace(member.Copy(MemberStatus.Leaving)),
            3 when member is { Status: MemberStatus.Joining } => gossip.Replace(member.CopyUp(random.Next(4, 9))),
            4 when member is not null && gossip.HasMember(by) =>
                gossip with { Reachability = random.Next(2) == 0
                    ? gossip.Reachability.Unreachable(by, member.UniqueAddress)
                    : gossip.Reachability.Reachable(by, member.UniqueAddress) },
            5 when member is { Status: MemberStatus.Down } && member.UniqueAddress != by => gossip.Remove([member.UniqueAddress], random.Next(100)),
            _ => gossip,
        };
        // What has a tombstone is not let in again.
        if (next.Members.Any(m => next.Tombstones.ContainsKey(m.UniqueAddress)))
            return gossip;
        return ReferenceEquals(next, gossip) ? gossip : next with { Version = next.Version.Increment(by) };
    }
}
