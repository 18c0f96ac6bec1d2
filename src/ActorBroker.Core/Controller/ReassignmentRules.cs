using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// The life of one partition's reassignment (KIP-455). Begun: the replicas are the new ones in their order, then those that will leave; the
/// old ones go on, the new ones catch up. Complete: as soon as every added replica is in sync, those that leave are taken from replicas and
/// in-sync replicas, and leadership goes to a replica that stays. Cancelled: the added replicas are taken out again and the removed ones
/// stay; that is only possible without loss when one of these is in sync. A new reassignment on top of one that is under way starts from
/// the replicas as they are.
/// </summary>
internal static class ReassignmentRules
{
    /// <summary>The partition on its way to <paramref name="target"/>; the same when it is there.</summary>
    public static PartitionImage Begin(PartitionImage partition, ImmutableArray<int> target, in ElectionRules rules)
    {
        var removing = partition.Replicas.RemoveAll(id => target.Contains(id));
        var adding = target.RemoveAll(id => partition.Replicas.Contains(id));
        // What an earlier reassignment brings in and is wanted still counts as added: cancelling takes it out again.
        var unfinished = partition.AddingReplicas.RemoveAll(id => !target.Contains(id));
        var next = WithReplicas(partition, target.AddRange(removing)) with
        {
            AddingReplicas = adding.AddRange(unfinished),
            RemovingReplicas = removing,
        };
        if (Same(next, partition)) return partition;
        return Complete(next with { PartitionEpoch = partition.PartitionEpoch + 1 }, rules);
    }

    /// <summary>The partition after its reassignment if that is complete, else the partition itself.</summary>
    public static PartitionImage Complete(PartitionImage partition, in ElectionRules rules)
    {
        if (!partition.IsReassigning) return partition;
        var removing = partition.RemovingReplicas;
        var isr = partition.Isr.RemoveAll(removing.Contains);
        if (isr.Length == 0 || !partition.AddingReplicas.All(id => isr.Contains(id))) return partition;
        var done = WithReplicas(partition, partition.Replicas.RemoveAll(removing.Contains)) with
        {
            AddingReplicas = [],
            RemovingReplicas = [],
            Elr = partition.Elr.RemoveAll(removing.Contains),
            LastKnownElr = partition.LastKnownElr.RemoveAll(removing.Contains),
        };
        var led = LeaderElectionPlanner.WithIsr(done, isr, rules);
        return led with { PartitionEpoch = partition.PartitionEpoch };
    }

    /// <summary>The partition as it was before its reassignment, or why it cannot go back.</summary>
    public static (PartitionImage Partition, KafkaError Error) Cancel(PartitionImage partition, string name, in ElectionRules rules)
    {
        if (!partition.IsReassigning) return (partition, ErrorCode.NoReassignmentInProgress);
        var adding = partition.AddingReplicas;
        var replicas = partition.Replicas.RemoveAll(adding.Contains);
        var isr = partition.Isr.RemoveAll(adding.Contains);
        if (replicas.Length == 0)
        {
            return (partition, new KafkaError(
                ErrorCode.InvalidReplicaAssignment, "Invalid replica assignment: addingReplicas contains all replicas."));
        }
        if (isr.Length == 0)
        {
            if (!rules.AllowsUnclean)
            {
                return (partition, new KafkaError(ErrorCode.InvalidReplicaAssignment,
                    $"Unable to revert partition assignment for {name} because it would require an unclean leader election."));
            }
            isr = [replicas[0]];
        }
        var reverted = WithReplicas(partition, replicas) with
        {
            AddingReplicas = [],
            RemovingReplicas = [],
            Elr = partition.Elr.RemoveAll(adding.Contains),
            LastKnownElr = partition.LastKnownElr.RemoveAll(adding.Contains),
        };
        return (LeaderElectionPlanner.WithIsr(reverted, isr, rules), KafkaError.None);
    }

    /// <summary>Other replicas; a log keeps its directory.</summary>
    private static PartitionImage WithReplicas(PartitionImage partition, ImmutableArray<int> replicas)
    {
        var directories = ImmutableArray.CreateBuilder<Uuid>(replicas.Length);
        foreach (var replica in replicas)
        {
            var place = partition.Replicas.IndexOf(replica);
            directories.Add(place >= 0 && place < partition.Directories.Length ? partition.Directories[place] : Uuid.Zero);
        }
        return partition with { Replicas = replicas, Directories = directories.MoveToImmutable() };
    }

    private static bool Same(PartitionImage a, PartitionImage b) =>
        a.Replicas.SequenceEqual(b.Replicas) && a.AddingReplicas.SequenceEqual(b.AddingReplicas) &&
        a.RemovingReplicas.SequenceEqual(b.RemovingReplicas);
}
