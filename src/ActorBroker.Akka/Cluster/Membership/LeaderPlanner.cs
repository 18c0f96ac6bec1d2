using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// What a leader does to the members once all agree on who they are: joining ones become Up, numbered in the order of their age;
/// leaving ones Exiting; downed ones that are unreachable and exiting ones that are gone are removed. A member only ever moves on.
/// </summary>
internal static class LeaderPlanner
{
    /// <param name="state">With convergence.</param>
    /// <param name="gone">Members that need not be unreachable to be removed: they have confirmed their exit or were given time.</param>
    public static LeaderPlan OnConvergence(MembershipState state, MembershipRules rules, IReadOnlySet<UniqueAddress> gone)
    {
        var gossip = state.Gossip;
        var removed = gossip.Members
            .Where(m => MembershipState.IsOnItsWayOut(m.Status) && m.UniqueAddress != state.Self
                && (gone.Contains(m.UniqueAddress) || !gossip.Reachability.IsReachable(m.UniqueAddress)))
            .ToImmutableArray();
        var enough = rules.EnoughMembers(gossip.Members);
        var youngest = gossip.Members.Max(m => m.UpNumber == int.MaxValue ? 0 : m.UpNumber);
        var changed = ImmutableArray.CreateBuilder<Member>();
        foreach (var member in gossip.Members)
        {
            if (enough && member.Status is (MemberStatus.Joining or MemberStatus.WeaklyUp))
                changed.Add(member.CopyUp(++youngest));
            else if (member.Status == MemberStatus.Leaving)
                changed.Add(member.Copy(MemberStatus.Exiting));
        }
        return new LeaderPlan(changed.ToImmutable(), removed);
    }

    /// <summary>While there is no convergence: joining members that everybody can reach become WeaklyUp.</summary>
    public static LeaderPlan ToWeaklyUp(MembershipState state, MembershipRules rules) => new(
        rules.EnoughMembers(state.Members)
            ? [.. state.Members
                .Where(m => m.Status == MemberStatus.Joining && state.ReachabilityExcludingDownedObservers.IsReachable(m.UniqueAddress))
                .Select(m => m.Copy(MemberStatus.WeaklyUp))]
            : [],
        []);
}

/// <param name="Changed">Members with their new status.</param>
/// <param name="Removed">Members, with the status that they had last, to remove.</param>
internal sealed record LeaderPlan(ImmutableArray<Member> Changed, ImmutableArray<Member> Removed)
{
    public bool IsEmpty => Changed.IsEmpty && Removed.IsEmpty;
}
