using System.Collections.Immutable;
using Akka.Util;

namespace Akka.Cluster;

/// <summary>What of <c>akka.cluster</c> decides about members.</summary>
internal sealed record MembershipRules(ImmutableHashSet<string> SelfRoles, AppVersion SelfVersion)
{
    /// <summary>Members that a change is told to at once; the others learn of it by periodic gossip.</summary>
    public const int PromptTargets = 5;

    /// <summary>After so many of its ticks the leader removes a downed member that nobody reports as unreachable.</summary>
    public const int TicksToRemoveDowned = 2;

    /// <summary>After so many ticks a downed node ends, even if other downed nodes may not know yet that they are.</summary>
    public const int TicksToEndDowned = 4;

    public static readonly long TombstoneMs = (long)TimeSpan.FromHours(24).TotalMilliseconds;

    public int MinMembers { get; init; } = 1;

    public ImmutableDictionary<string, int> MinMembersOfRole { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Leader ticks without convergence after which joining members become WeaklyUp; 0 for never.</summary>
    public int WeaklyUpAfterTicks { get; init; }

    public double DifferentViewProbability { get; init; } = 0.8;

    /// <summary>From this size on the probability sinks, to a tenth at three times the size.</summary>
    public int ReduceProbabilityAbove { get; init; } = 400;

    public static MembershipRules From(ClusterSettings settings) => new(settings.Roles, settings.AppVersion)
    {
        MinMembers = settings.MinNrOfMembers,
        MinMembersOfRole = settings.MinNrOfMembersOfRole,
        WeaklyUpAfterTicks = settings.AllowWeaklyUpMembers
            ? Math.Max(1, (int)Math.Ceiling(settings.WeaklyUpAfter / settings.LeaderActionsInterval))
            : 0,
        DifferentViewProbability = settings.GossipDifferentViewProbability,
        ReduceProbabilityAbove = settings.ReduceGossipDifferentViewProbability,
    };

    public bool EnoughMembers(ImmutableSortedSet<Member> members) =>
        members.Count >= MinMembers && MinMembersOfRole.All(role => members.Count(m => m.HasRole(role.Key)) >= role.Value);

    public double DifferentViewProbabilityFor(int size)
    {
        var low = ReduceProbabilityAbove;
        var high = low * 3;
        var least = DifferentViewProbability / 10;
        if (size <= low)
            return DifferentViewProbability;
        return size >= high ? least : DifferentViewProbability + ((size - low) * (least - DifferentViewProbability) / (high - low));
    }
}
