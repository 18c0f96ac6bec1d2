using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>A gossip with the eyes of one node: who leads, and whether everybody agrees.</summary>
internal sealed class MembershipState(Gossip gossip, UniqueAddress self)
{
    private UniqueAddress? _leader;
    private bool _leaderKnown;

    public Gossip Gossip => gossip;

    public UniqueAddress Self => self;

    public ImmutableSortedSet<Member> Members => gossip.Members;

    public Member SelfMember => gossip.Member(self);

    public UniqueAddress? Leader
    {
        get
        {
            if (!_leaderKnown)
            {
                _leader = LeaderOf(gossip.Members);
                _leaderKnown = true;
            }
            return _leader;
        }
    }

    public bool IsLeader => self.Equals(Leader);

    /// <summary>What a downed node observes no longer counts.</summary>
    public Reachability ReachabilityExcludingDownedObservers { get; } =
        gossip.Reachability.WithoutObservers(gossip.Members.Where(m => m.Status == MemberStatus.Down).Select(m => m.UniqueAddress));

    /// <summary>It can be removed once it is unreachable, and does not hinder convergence when it is.</summary>
    public static bool IsOnItsWayOut(MemberStatus status) => status is MemberStatus.Down or MemberStatus.Exiting;

    public MembershipState With(Gossip next) => new(next, self);

    public UniqueAddress? RoleLeader(string role) => LeaderOf(gossip.Members.Where(m => m.HasRole(role)));

    /// <summary>The first in order of those that are reachable, Up or Leaving; while there is none, the one nearest to it.</summary>
    public UniqueAddress? LeaderOf(IEnumerable<Member> members)
    {
        var candidates = members.Where(IsCandidate).ToArray();
        var leader = candidates.Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving).Min()
            ?? candidates.Min(Member.LeaderStatusOrdering);
        return leader?.UniqueAddress;
    }

    /// <summary>
    /// Every member that counts has seen this version, and all that are unreachable are on their way out. Those in
    /// <paramref name="exitingConfirmed"/> have said that they are gone.
    /// </summary>
    public bool Convergence(IReadOnlySet<UniqueAddress> exitingConfirmed)
    {
        foreach (var node in ReachabilityExcludingDownedObservers.AllUnreachableOrTerminated)
        {
            if (node != self && !exitingConfirmed.Contains(node) && !IsOnItsWayOut(gossip.Member(node).Status))
                return false;
        }
        foreach (var member in gossip.Members)
        {
            if (member.Status is MemberStatus.Up or MemberStatus.Leaving
                && !gossip.SeenBy(member.UniqueAddress) && !exitingConfirmed.Contains(member.UniqueAddress))
            {
                return false;
            }
        }
        return true;
    }

    public bool IsValidTarget(UniqueAddress node) => node != self && gossip.Reachability.IsReachable(self, node);

    private bool IsCandidate(Member member)
    {
        if (gossip.Reachability.IsAllReachable)
            return member.Status != MemberStatus.Down;
        return (member.Status != MemberStatus.Down && gossip.Reachability.IsReachable(member.UniqueAddress)) || member.UniqueAddress == self;
    }
}
