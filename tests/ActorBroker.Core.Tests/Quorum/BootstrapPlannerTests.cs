using System.Collections.Immutable;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Quorum;

public sealed class BootstrapPlannerTests
{
    private static readonly VoterSet Three = new(1, [VoterOf(1), VoterOf(2), VoterOf(3)]);

    [Fact]
    public void An_empty_node_without_seeds_makes_a_cluster_of_its_own()
    {
        var step = Assert.IsType<FoundCluster>(BootstrapPlanner.Decide(Empty(1) with { Seeds = [] }));
        Assert.Equal(("new", 1), (step.ClusterId, Assert.Single(step.Voters.Voters).Id));
    }

    [Fact]
    public void The_first_seed_waits_for_all_seeds_and_makes_one_cluster_with_them()
    {
        Assert.Contains("host3:9003", Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Empty(1, Nothing(2)))).Why);
        var step = Assert.IsType<FoundCluster>(BootstrapPlanner.Decide(Empty(1, Nothing(3), Nothing(2))));
        Assert.Equal(Three, step.Voters);
    }

    [Fact]
    public void After_a_while_a_majority_of_the_seeds_is_enough_but_never_less()
    {
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Empty(1) with { WaitedMs = 60_000 }));
        var step = Assert.IsType<FoundCluster>(BootstrapPlanner.Decide(Empty(1, Nothing(2)) with { WaitedMs = 60_000 }));
        Assert.Equal([1, 2], step.Voters.Voters.Select(voter => voter.Id));
    }

    [Fact]
    public void Only_the_first_seed_makes_a_cluster()
    {
        Assert.Contains("first seed", Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Empty(2, Nothing(1), Nothing(3)) with { WaitedMs = 60_000 })).Why);
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Empty(9, Nothing(1), Nothing(2), Nothing(3)) with { WaitedMs = 60_000 }));
    }

    [Fact]
    public void An_empty_node_belongs_to_the_cluster_of_its_peers_also_when_it_is_the_first_seed()
    {
        var step = Assert.IsType<AdoptCluster>(BootstrapPlanner.Decide(Empty(1, Member(2), Nothing(3))));
        Assert.Equal(("c", Three), (step.ClusterId, step.Voters));
    }

    [Fact]
    public void Peers_of_two_clusters_are_refused()
    {
        var other = Member(3) with { Standing = Member(3).Standing with { ClusterId = "d" } };
        Assert.Contains("different clusters", Assert.IsType<RefuseStart>(BootstrapPlanner.Decide(Empty(1, Member(2), other))).Reason);
    }

    [Fact]
    public void Two_nodes_of_one_id_are_refused()
    {
        var twin = Nothing(2) with { Standing = Nothing(2).Standing with { NodeId = 1 } };
        Assert.Contains("--node-id", Assert.IsType<RefuseStart>(BootstrapPlanner.Decide(Empty(1, twin))).Reason);
    }

    [Fact]
    public void A_node_that_has_run_alone_becomes_the_one_voter_of_its_own_cluster()
    {
        var step = Assert.IsType<FoundCluster>(BootstrapPlanner.Decide(Empty(1, Nothing(2), Nothing(3)) with { LocalClusterId = "mine" }));
        Assert.Equal(("mine", 1), (step.ClusterId, Assert.Single(step.Voters.Voters).Id));
        Assert.Contains("mine", Assert.IsType<RefuseStart>(BootstrapPlanner.Decide(Empty(1, Member(2)) with { LocalClusterId = "mine" })).Reason);
    }

    [Fact]
    public void Restarted_voters_follow_the_lowest_of_a_majority_which_joins_itself()
    {
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Formed(1)));
        Assert.Equal(1, Assert.IsType<FollowNode>(BootstrapPlanner.Decide(Formed(1, Member(3)))).NodeId);
        Assert.Equal(1, Assert.IsType<FollowNode>(BootstrapPlanner.Decide(Formed(3, Member(1)))).NodeId);
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Following(1, 1, Member(3))));
        Assert.IsType<JoinSelf>(BootstrapPlanner.Decide(Following(1, 1, Member(3, follows: 1))));
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Following(3, 1, Member(1, follows: 1))));
        Assert.Equal(Address(1), Assert.Single(Assert.IsType<JoinNodes>(BootstrapPlanner.Decide(Following(3, 1, Member(1, isJoined: true)))).Nodes));
    }

    [Fact]
    public void The_loss_of_the_first_seed_is_no_obstacle()
    {
        Assert.Equal(2, Assert.IsType<FollowNode>(BootstrapPlanner.Decide(Formed(2, Member(3)))).NodeId);
        Assert.IsType<JoinSelf>(BootstrapPlanner.Decide(Following(2, 2, Member(3, follows: 2))));
    }

    [Fact]
    public void A_vote_holds_so_that_two_nodes_cannot_both_form_the_cluster()
    {
        // Node 3 has seen node 2 first, then node 1: it stays with 2, and so 1 gets no majority.
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Following(3, 2, Member(2, follows: 2), Member(1, follows: 1))));
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Following(1, 1, Member(3, follows: 2))));
        Assert.Equal(1, Assert.IsType<FollowNode>(BootstrapPlanner.Decide(
            Following(3, 2, Member(1, follows: 1)) with { FollowedMs = 60_000 })).NodeId);
    }

    [Fact]
    public void Whatever_two_majorities_see_only_one_node_is_followed_by_one()
    {
        // Every way in which three voters can have voted: never do two of them find a majority behind themselves.
        foreach (var votes in from a in Enumerable.Range(1, 3) from b in Enumerable.Range(1, 3) from c in Enumerable.Range(1, 3) select new[] { a, b, c })
        {
            var forming = 0;
            for (var id = 1; id <= 3; id++)
            {
                var peers = Enumerable.Range(1, 3).Where(other => other != id).Select(other => Member(other, votes[other - 1])).ToArray();
                if (BootstrapPlanner.Decide(Following(id, votes[id - 1], peers)) is JoinSelf) forming++;
            }

            Assert.InRange(forming, 0, 1);
        }
    }

    [Fact]
    public void A_wiped_voter_counts_for_nobody()
    {
        var wiped = Member(3) with { Standing = Member(3).Standing with { FileId = new Uuid(9, 9) } };
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Formed(2, wiped)));
    }

    [Fact]
    public void A_newer_voter_set_is_taken_over_first()
    {
        var grown = Three.With(VoterOf(4));
        var peer = Member(2) with { Standing = Member(2).Standing with { Voters = grown } };
        Assert.Equal(grown, Assert.IsType<AdoptCluster>(BootstrapPlanner.Decide(Formed(1, peer))).Voters);
    }

    [Fact]
    public void A_node_that_is_no_voter_waits_until_one_has_joined()
    {
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Formed(7, Member(1), Member(2), Member(3))));
        Assert.Equal(Address(2), Assert.Single(Assert.IsType<JoinNodes>(BootstrapPlanner.Decide(Formed(7, Member(1), Member(2, isJoined: true)))).Nodes));
    }

    [Fact]
    public void Where_only_strangers_answer_the_node_refuses_after_a_while()
    {
        var stranger = Member(2) with { Standing = Member(2).Standing with { ClusterId = "d" } };
        Assert.IsType<WaitForPeers>(BootstrapPlanner.Decide(Formed(1, stranger)));
        Assert.Contains("cluster d", Assert.IsType<RefuseStart>(BootstrapPlanner.Decide(Formed(1, stranger) with { WaitedMs = 60_000 })).Reason);
    }

    private static Voter VoterOf(int id) => new(id, new Uuid(1, (ulong)id), $"host{id}", 9000 + id);

    private static LaneAddress Address(int id) => new($"host{id}", 9000 + id);

    private static PeerStanding Nothing(int id) => new(Address(id), new NodeStanding(id, VoterOf(id).FileId, "", VoterSet.None, false, -1));

    private static PeerStanding Member(int id, int follows = -1, bool isJoined = false) =>
        new(Address(id), new NodeStanding(id, VoterOf(id).FileId, "c", Three, isJoined, follows));

    private static BootstrapFacts Empty(int id, params PeerStanding[] peers) =>
        new(Nothing(id).Standing, Address(id), [Address(1), Address(2), Address(3)], [.. peers]) { NewClusterId = "new" };

    private static BootstrapFacts Formed(int id, params PeerStanding[] peers) =>
        new(Member(id).Standing, Address(id), [Address(9)], [.. peers]);

    private static BootstrapFacts Following(int id, int follows, params PeerStanding[] peers) =>
        new(Member(id, follows).Standing, Address(id), ImmutableArray<LaneAddress>.Empty, [.. peers]);
}
