using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Chooses leaders and in-sync replicas when brokers come and go (R37). Rules: a leader comes from the in-sync replicas, in the order of
/// the assignment, and must be up; one that is being drained leads only where nobody else can. When none is up, an eligible leader replica
/// that is up leads (<see cref="EligibleLeaders"/>). When there is none of these either the partition has no leader; only with unclean
/// election allowed may another replica that is up lead, and is then alone in sync. The last in-sync replica is never taken out while
/// nobody else is known to have everything. The leader epoch grows when the leader changes, the partition epoch with every change.
/// </summary>
internal static class LeaderElectionPlanner
{
    /// <summary>The partition after <paramref name="brokerId"/> has gone down; the same object when that changes nothing.</summary>
    public static PartitionImage WithoutBroker(PartitionImage partition, int brokerId, in ElectionRules rules)
    {
        var inSync = partition.Isr.Contains(brokerId);
        if (!inSync && partition.Leader != brokerId) return partition;
        var isr = partition.Isr.Length > 1 ? partition.Isr.Remove(brokerId) : partition.Isr;
        if (partition.Leader != brokerId)
            return isr.Length == partition.Isr.Length ? partition : Changed(partition, isr, partition.Leader, rules);
        var others = rules.IsUp;
        return Elect(partition, isr, rules with { IsUp = id => id != brokerId && others(id) });
    }

    /// <summary>
    /// The partition after a restart of <paramref name="brokerId"/> that may have lost the tail of its log: it is not in sync any more, and
    /// no eligible leader, except where nobody else is known to have everything.
    /// </summary>
    public static PartitionImage WithoutTail(PartitionImage partition, int brokerId, in ElectionRules rules)
    {
        if (partition.Elr.Contains(brokerId))
        {
            if (partition.Isr.Length == 0 && partition.Elr.Length == 1) return partition;
            return partition with
            {
                Elr = partition.Elr.Remove(brokerId),
                LastKnownElr = partition.LastKnownElr.Contains(brokerId) ? partition.LastKnownElr : partition.LastKnownElr.Add(brokerId),
                PartitionEpoch = partition.PartitionEpoch + 1,
            };
        }
        if (!partition.Isr.Contains(brokerId) || (partition.Isr.Length == 1 && partition.Elr.Length == 0)) return partition;
        var others = rules.IsUp;
        var without = rules with { IsUp = id => id != brokerId && others(id) };
        var isr = partition.Isr.Remove(brokerId);
        var after = partition.Leader == brokerId || partition.Leader < 0
            ? Elect(partition, isr, without)
            : Changed(partition, isr, partition.Leader, rules);
        return EligibleLeaders.WithoutTail(after, brokerId);
    }

    /// <summary>The partition after a broker has come up: led again when nobody led it and the broker may.</summary>
    public static PartitionImage WithBroker(PartitionImage partition, int brokerId, in ElectionRules rules)
    {
        if (partition.Leader >= 0 || !partition.Replicas.Contains(brokerId)) return partition;
        var elected = Elect(partition, partition.Isr, rules);
        return elected.Leader < 0 ? partition : elected;
    }

    /// <summary>
    /// The partition while <paramref name="brokerId"/> is being drained: another in-sync replica leads where there is one; the broker stays
    /// in sync for as long as it is up.
    /// </summary>
    public static PartitionImage Drained(PartitionImage partition, int brokerId, in ElectionRules rules)
    {
        if (partition.Leader != brokerId) return partition;
        foreach (var replica in partition.Replicas)
        {
            if (replica != brokerId && partition.Isr.Contains(replica) && rules.IsUp(replica) && rules.IsWilling(replica))
                return Changed(partition, partition.Isr, replica, rules);
        }
        return partition;
    }

    /// <summary>
    /// The partition after the log of <paramref name="brokerId"/> was lost (another directory id): the broker leaves the in-sync replicas
    /// even as the last one, and then nobody may lead until an operator decides.
    /// </summary>
    public static PartitionImage WithoutLog(PartitionImage partition, int brokerId, in ElectionRules rules)
    {
        if (partition.Elr.Contains(brokerId) || partition.LastKnownElr.Contains(brokerId))
        {
            partition = partition with
            {
                Elr = partition.Elr.Remove(brokerId),
                LastKnownElr = partition.LastKnownElr.Remove(brokerId),
                PartitionEpoch = partition.PartitionEpoch + 1,
            };
        }
        if (!partition.Isr.Contains(brokerId) && partition.Leader != brokerId) return partition;
        var isr = partition.Isr.Remove(brokerId);
        var others = rules.IsUp;
        var after = partition.Leader == brokerId || partition.Leader < 0
            ? Elect(partition, isr, rules with { IsUp = id => id != brokerId && others(id), AllowsUnclean = false })
            : Changed(partition, isr, partition.Leader, rules);
        return after with { Elr = after.Elr.Remove(brokerId) };
    }

    /// <summary>The partition led by its preferred replica, if that one is in sync and up.</summary>
    public static (PartitionImage Partition, ErrorCode Error) Preferred(PartitionImage partition, in ElectionRules rules)
    {
        var preferred = partition.Replicas[0];
        if (partition.Leader == preferred) return (partition, ErrorCode.ElectionNotNeeded);
        if (!partition.Isr.Contains(preferred) || !rules.IsUp(preferred) || !rules.IsWilling(preferred))
            return (partition, ErrorCode.PreferredLeaderNotAvailable);
        return (Changed(partition, partition.Isr, preferred, rules), ErrorCode.None);
    }

    /// <summary>A leader for a partition that has none, out of sync if need be.</summary>
    public static (PartitionImage Partition, ErrorCode Error) Unclean(PartitionImage partition, in ElectionRules rules)
    {
        if (partition.Leader >= 0) return (partition, ErrorCode.ElectionNotNeeded);
        var elected = Elect(partition, partition.Isr, rules with { AllowsUnclean = true });
        return elected.Leader < 0 ? (partition, ErrorCode.EligibleLeadersNotAvailable) : (elected, ErrorCode.None);
    }

    /// <summary>The partition with other in-sync replicas, led as before if its leader is among them, else by one of them.</summary>
    public static PartitionImage WithIsr(PartitionImage partition, ImmutableArray<int> isr, in ElectionRules rules) =>
        isr.Contains(partition.Leader) ? Changed(partition, isr, partition.Leader, rules) : Elect(partition, isr, rules);

    private static PartitionImage Elect(PartitionImage partition, ImmutableArray<int> isr, in ElectionRules rules)
    {
        var leader = First(partition.Replicas, isr, rules);
        if (leader >= 0) return Changed(partition, isr, leader, rules);
        leader = First(partition.Replicas, partition.Elr, rules);
        if (leader < 0 && rules.AllowsUnclean) leader = First(partition.Replicas, partition.Replicas, rules);
        return leader < 0 ? Changed(partition, isr, -1, rules) : Changed(partition, [leader], leader, rules);
    }

    private static int First(ImmutableArray<int> order, ImmutableArray<int> among, in ElectionRules rules)
    {
        var unwilling = -1;
        foreach (var replica in order)
        {
            if (!among.Contains(replica) || !rules.IsUp(replica)) continue;
            if (rules.IsWilling(replica)) return replica;
            if (unwilling < 0) unwilling = replica;
        }
        return unwilling;
    }

    private static PartitionImage Changed(PartitionImage partition, ImmutableArray<int> isr, int leader, in ElectionRules rules) =>
        EligibleLeaders.After(partition, partition with
        {
            Isr = isr,
            Leader = leader,
            LeaderEpoch = leader == partition.Leader ? partition.LeaderEpoch : partition.LeaderEpoch + 1,
            PartitionEpoch = partition.PartitionEpoch + 1,
        }, rules.MinInSync);
}
