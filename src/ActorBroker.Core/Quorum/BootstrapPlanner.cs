using System.Collections.Immutable;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// How a node finds its cluster before it joins: a pure choice from what its disk says, what its seed list says and what the peers say of
/// themselves. Asked again after each round of questions until it says to join or to refuse.
///
/// <b>A node of no cluster.</b> The seed list counts. A peer that belongs to a cluster decides: this node belongs to it too. A node that has
/// run alone takes its own metadata into a cluster with itself as the one voter; the others are added by command. Otherwise only the first
/// seed makes a cluster, when all seeds have answered that they have none, or, after a while, a majority of them: so that three empty nodes
/// come to one cluster id, and a first seed whose disk was wiped does not make a second cluster beside the one that the others keep.
///
/// <b>A node of a cluster.</b> The seed list does not count, the voters on record do. A peer that has joined already is joined. Else a voter
/// that sees a majority of the voters follows the lowest of them; whoever is followed by a majority joins itself, the others join it. A vote
/// holds for a while, so two nodes that see different majorities cannot both form the cluster; it holds while nobody knows better, and the
/// loss of any one voter, the first seed too, is no obstacle. Nodes that are no voters wait until one has joined.
///
/// Callers: <c>BootstrapActor</c>.
/// </summary>
public static class BootstrapPlanner
{
    public static BootstrapStep Decide(BootstrapFacts facts)
    {
        foreach (var peer in facts.Peers)
            if (peer.Standing.NodeId == facts.Own.NodeId)
                return new RefuseStart($"{peer.Address} is node {peer.Standing.NodeId} too: give each node an id of its own with --node-id.");
        return facts.Own.ClusterId.Length == 0 ? WithoutCluster(facts) : WithCluster(facts);
    }

    private static BootstrapStep WithoutCluster(BootstrapFacts facts)
    {
        var formed = facts.Peers.Where(peer => peer.Standing.ClusterId.Length > 0).ToList();
        if (formed.Select(peer => peer.Standing.ClusterId).Distinct().Count() > 1)
            return new RefuseStart($"The seeds belong to different clusters: {Describe(formed)}.");
        if (formed.Count > 0) return Adopt(facts, formed);
        if (facts.LocalClusterId is { } local) return new FoundCluster(local, new VoterSet(1, [OwnVoter(facts)]));
        return Found(facts);
    }

    private static BootstrapStep Adopt(BootstrapFacts facts, List<PeerStanding> formed)
    {
        var newest = formed.MaxBy(peer => peer.Standing.Voters.Epoch).Standing;
        if (facts.LocalClusterId is { } local && local != newest.ClusterId)
            return new RefuseStart($"This node holds the metadata of cluster {local}, but {Describe(formed)}: empty its data directory, or name other seeds.");
        return new AdoptCluster(newest.ClusterId, newest.Voters);
    }

    private static BootstrapStep Found(BootstrapFacts facts)
    {
        if (facts.Seeds.Length > 0 && facts.Seeds[0] != facts.Address)
            return new WaitForPeers($"for {facts.Seeds[0]}, the first seed, which alone makes a new cluster");
        var empty = facts.Peers.Where(peer => facts.Seeds.Contains(peer.Address)).ToList();
        if (empty.Select(peer => peer.Standing.NodeId).Distinct().Count() < empty.Count)
            return new RefuseStart($"Two seeds have the same node id: {Describe(empty)}.");
        var answered = empty.Count + 1;
        var seeds = Math.Max(1, facts.Seeds.Length);
        var isEnough = answered == seeds || (facts.WaitedMs >= facts.AllSeedsMs && answered > seeds / 2);
        if (!isEnough)
        {
            var missing = facts.Seeds.Where(seed => seed != facts.Address && !empty.Exists(peer => peer.Address == seed));
            return new WaitForPeers($"for the seeds {string.Join(", ", missing)}, to make a new cluster with them");
        }

        var voters = empty.Select(peer => new Voter(peer.Standing.NodeId, peer.Standing.FileId, peer.Address.Host, peer.Address.Port));
        return new FoundCluster(facts.NewClusterId, new VoterSet(1, [.. voters.Append(OwnVoter(facts)).OrderBy(voter => voter.Id)]));
    }

    private static BootstrapStep WithCluster(BootstrapFacts facts)
    {
        var own = facts.Own;
        if (facts.LocalClusterId is { } local && local != own.ClusterId)
            return new RefuseStart($"The voter's file belongs to cluster {own.ClusterId}, the log directories to {local}.");
        var ours = facts.Peers.Where(peer => peer.Standing.ClusterId == own.ClusterId).ToList();
        var newest = ours.Select(peer => peer.Standing.Voters).Append(own.Voters).MaxBy(voters => voters.Epoch)!;
        if (newest.Epoch > own.Voters.Epoch) return new AdoptCluster(own.ClusterId, newest);
        var joined = ours.Where(peer => peer.Standing.IsJoined).Select(peer => peer.Address).ToImmutableArray();
        if (joined.Length > 0) return new JoinNodes(joined);

        var present = ours.Where(peer => IsVoter(own.Voters, peer.Standing)).Select(peer => peer.Standing).ToList();
        if (!IsVoter(own.Voters, own)) return Strangers(facts, ours) ?? new WaitForPeers($"for one of the voters to join first: {own.Voters}");
        present.Add(own);
        if (present.Count < own.Voters.Majority)
            return Strangers(facts, ours) ?? new WaitForPeers(
                $"for a majority of the voters {own.Voters}; {string.Join(", ", present.Select(voter => voter.NodeId).Order())} are here");

        var lowest = present.Min(voter => voter.NodeId);
        var mayChange = own.Follows < 0 || facts.FollowedMs >= facts.FollowHoldMs;
        if (mayChange && own.Follows != lowest) return new FollowNode(lowest);
        var followers = present.Count(voter => voter.Follows == own.NodeId);
        if (own.Follows == own.NodeId && followers >= own.Voters.Majority) return JoinSelf.Instance;
        return new WaitForPeers(own.Follows == own.NodeId
            ? $"for a majority to follow this node; {followers} do"
            : $"for node {own.Follows} to form the cluster");
    }

    /// <summary>Where nobody of this cluster answers and somebody of another does, waiting longer is of no use.</summary>
    private static BootstrapStep? Strangers(BootstrapFacts facts, List<PeerStanding> ours)
    {
        var others = facts.Peers.Where(peer => peer.Standing.ClusterId.Length > 0 && peer.Standing.ClusterId != facts.Own.ClusterId).ToList();
        return others.Count > 0 && ours.Count == 0 && facts.WaitedMs >= facts.AllSeedsMs
            ? new RefuseStart($"This node belongs to cluster {facts.Own.ClusterId}, but {Describe(others)}.")
            : null;
    }

    private static bool IsVoter(VoterSet voters, NodeStanding standing) => voters.Find(standing.NodeId)?.FileId == standing.FileId;

    private static Voter OwnVoter(BootstrapFacts facts) => new(facts.Own.NodeId, facts.Own.FileId, facts.Address.Host, facts.Address.Port);

    private static string Describe(List<PeerStanding> peers) =>
        string.Join(", ", peers.Select(peer => $"{peer.Address} is node {peer.Standing.NodeId} of cluster {peer.Standing.ClusterId}"));
}
