namespace Akka.Cluster;

/// <summary>The events that lead from one state to another, as one node sees them.</summary>
internal static class StateChanges
{
    public static IEnumerable<ClusterEvent.IClusterDomainEvent> Between(MembershipState before, MembershipState after)
    {
        if (ReferenceEquals(before, after))
            return [];
        return MembersBetween(before.Gossip, after.Gossip)
            .Concat(ReachabilityBetween(before, after))
            .Concat(LeadersBetween(before, after))
            .ToArray();
    }

    private static IEnumerable<ClusterEvent.IClusterDomainEvent> MembersBetween(Gossip before, Gossip after)
    {
        // Removed ones first: a new incarnation may have the address of one of them.
        foreach (var member in before.Members.Where(m => !after.HasMember(m.UniqueAddress)))
            yield return new ClusterEvent.MemberRemoved(member.Copy(MemberStatus.Removed), member.Status);
        foreach (var member in after.Members)
        {
            var former = before.Member(member.UniqueAddress);
            if (former.Status != member.Status || former.UpNumber != member.UpNumber)
                yield return Changed(member);
        }
    }

    private static ClusterEvent.IClusterDomainEvent Changed(Member member) => member.Status switch
    {
        MemberStatus.Joining => new ClusterEvent.MemberJoined(member),
        MemberStatus.WeaklyUp => new ClusterEvent.MemberWeaklyUp(member),
        MemberStatus.Up => new ClusterEvent.MemberUp(member),
        MemberStatus.Leaving => new ClusterEvent.MemberLeft(member),
        MemberStatus.Exiting => new ClusterEvent.MemberExited(member),
        MemberStatus.Down => new ClusterEvent.MemberDowned(member),
        _ => throw new InvalidOperationException($"{member} is among the members"),
    };

    private static IEnumerable<ClusterEvent.IClusterDomainEvent> ReachabilityBetween(MembershipState before, MembershipState after)
    {
        var formerly = before.Gossip.Reachability;
        var now = after.Gossip.Reachability;
        if (ReferenceEquals(formerly, now))
            yield break;
        foreach (var node in now.AllUnreachableOrTerminated.Where(n => formerly.IsReachable(n) && n != after.Self))
            yield return new ClusterEvent.UnreachableMember(after.Gossip.Member(node));
        foreach (var node in formerly.AllUnreachable.Where(n => now.IsReachable(n) && n != after.Self && after.Gossip.HasMember(n)))
            yield return new ClusterEvent.ReachableMember(after.Gossip.Member(node));
    }

    private static IEnumerable<ClusterEvent.IClusterDomainEvent> LeadersBetween(MembershipState before, MembershipState after)
    {
        if (before.Leader != after.Leader)
            yield return new ClusterEvent.LeaderChanged(after.Leader?.Address);
        foreach (var role in before.Gossip.AllRoles.Union(after.Gossip.AllRoles))
        {
            var leader = after.RoleLeader(role);
            if (leader != before.RoleLeader(role))
                yield return new ClusterEvent.RoleLeaderChanged(role, leader?.Address);
        }
    }
}
