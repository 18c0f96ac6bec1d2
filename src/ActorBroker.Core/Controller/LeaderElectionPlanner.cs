using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Chooses leaders and in-sync replicas when brokers come and go (R37). Rules: a leader comes from the in-sync replicas, in the order of
/// the assignment, and must be up. When none is up the partition has no leader; only with unclean election allowed may another replica that
/// is up lead, and is then alone in sync. The last in-sync replica is never taken out: it is the only one known to have everything. The
/// leader epoch grows when the leader changes, the partition epoch with every change.
/// </summary>
public static class LeaderElectionPlanner
{
    /// <summary>The partition after <paramref name="brokerId"/> has gone down; the same object when that changes nothing.</summary>
    public static PartitionImage WithoutBroker(PartitionImage partition, int brokerId, Func<int, bool> isUp, bool allowsUnclean)
    {
        var inSync = partition.Isr.Contains(brokerId);
        if (!inSync && partition.Leader != brokerId) return partition;
        var isr = partition.Isr.Length > 1 ? partition.Isr.Remove(brokerId) : partition.Isr;
        if (partition.Leader != brokerId) return Changed(partition, isr, partition.Leader);
        return Elect(partition, isr, id => id != brokerId && isUp(id), allowsUnclean);
    }

    /// <summary>The partition after a broker has come up: led again when nobody led it and the broker may.</summary>
    public static PartitionImage WithBroker(PartitionImage partition, int brokerId, Func<int, bool> isUp, bool allowsUnclean)
    {
        if (partition.Leader >= 0 || !partition.Replicas.Contains(brokerId)) return partition;
        var elected = Elect(partition, partition.Isr, isUp, allowsUnclean);
        return elected.Leader < 0 ? partition : elected;
    }

    /// <summary>
    /// The partition after the log of <paramref name="brokerId"/> was lost (another directory id): the broker leaves the in-sync replicas
    /// even as the last one, and then nobody may lead until an operator decides.
    /// </summary>
    public static PartitionImage WithoutLog(PartitionImage partition, int brokerId, Func<int, bool> isUp)
    {
        if (!partition.Isr.Contains(brokerId) && partition.Leader != brokerId) return partition;
        var isr = partition.Isr.Remove(brokerId);
        return partition.Leader != brokerId
            ? Changed(partition, isr, partition.Leader)
            : Elect(partition, isr, id => id != brokerId && isUp(id), false);
    }

    /// <summary>The partition led by its preferred replica, if that one is in sync and up.</summary>
    public static (PartitionImage Partition, ErrorCode Error) Preferred(PartitionImage partition, Func<int, bool> isUp)
    {
        var preferred = partition.Replicas[0];
        if (partition.Leader == preferred) return (partition, ErrorCode.ElectionNotNeeded);
        if (!partition.Isr.Contains(preferred) || !isUp(preferred)) return (partition, ErrorCode.PreferredLeaderNotAvailable);
        return (Changed(partition, partition.Isr, preferred), ErrorCode.None);
    }

    /// <summary>A leader for a partition that has none, out of sync if need be.</summary>
    public static (PartitionImage Partition, ErrorCode Error) Unclean(PartitionImage partition, Func<int, bool> isUp)
    {
        if (partition.Leader >= 0) return (partition, ErrorCode.ElectionNotNeeded);
        var elected = Elect(partition, partition.Isr, isUp, true);
        return elected.Leader < 0 ? (partition, ErrorCode.EligibleLeadersNotAvailable) : (elected, ErrorCode.None);
    }

    private static PartitionImage Elect(PartitionImage partition, ImmutableArray<int> isr, Func<int, bool> mayLead, bool allowsUnclean)
    {
        foreach (var replica in partition.Replicas)
            if (isr.Contains(replica) && mayLead(replica)) return Changed(partition, isr, replica);
        if (allowsUnclean)
        {
            foreach (var replica in partition.Replicas)
                if (mayLead(replica)) return Changed(partition, [replica], replica);
        }
        return Changed(partition, isr, -1);
    }

    private static PartitionImage Changed(PartitionImage partition, ImmutableArray<int> isr, int leader) => partition with
    {
        Isr = isr,
        Leader = leader,
        LeaderEpoch = leader == partition.Leader ? partition.LeaderEpoch : partition.LeaderEpoch + 1,
        PartitionEpoch = partition.PartitionEpoch + 1,
    };
}
