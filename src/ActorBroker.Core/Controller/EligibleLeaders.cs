using System.Collections.Immutable;
using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Eligible leader replicas (KIP-966). While fewer than <c>min.insync.replicas</c> are in sync the high watermark stands still (R31): a
/// replica that was in sync when that began has everything that was ever committed, although it is not in sync any more, and may lead
/// without loss when the last in-sync replica does not come back. One that stops uncleanly is not eligible any more; it is remembered as
/// last known, for an operator. As soon as enough are in sync again the list is empty.
///
/// Invariants: eligible replicas are replicas, and none of them is in sync; the list is empty while enough are in sync. The leader and the
/// controller read the same metadata in the same order, so a leader that counts with a lower <c>min.insync.replicas</c> than the controller
/// does not yet know of the in-sync replicas that this decision made either, and cannot commit without the eligible ones.
/// </summary>
internal static class EligibleLeaders
{
    /// <summary>The partition with its eligible leaders as the change from <paramref name="before"/> makes them.</summary>
    /// <param name="minInSync">0 where eligible leaders are not kept.</param>
    public static PartitionImage After(PartitionImage before, PartitionImage after, int minInSync)
    {
        var isKept = minInSync > 0 && after.Isr.Length < Math.Min(minInSync, after.Replicas.Length);
        if (!isKept) return Cleared(after);
        if (IsUncleanly(before, after)) return Cleared(after);
        var eligible = ImmutableArray.CreateBuilder<int>();
        foreach (var replica in after.Replicas)
        {
            if (!after.Isr.Contains(replica) && (before.Elr.Contains(replica) || before.Isr.Contains(replica))) eligible.Add(replica);
        }
        if (eligible.Count == 0 && after.Elr.Length == 0) return after;
        var lastKnown = after.LastKnownElr.RemoveAll(id => after.Isr.Contains(id) || eligible.Contains(id));
        return after with { Elr = eligible.ToImmutable(), LastKnownElr = lastKnown };
    }

    /// <summary>The partition without a replica that may have lost its tail: last known instead of eligible.</summary>
    public static PartitionImage WithoutTail(PartitionImage partition, int brokerId) =>
        !partition.Elr.Contains(brokerId) ? partition : partition with
        {
            Elr = partition.Elr.Remove(brokerId),
            LastKnownElr = partition.LastKnownElr.Add(brokerId),
        };

    /// <summary>The partition without eligible leaders.</summary>
    public static PartitionImage Cleared(PartitionImage partition) =>
        partition.Elr.Length == 0 && partition.LastKnownElr.Length == 0 ? partition : partition with { Elr = [], LastKnownElr = [] };

    /// <summary>Records that take the eligible leaders from every partition that a config of <paramref name="resource"/> is about.</summary>
    public static IEnumerable<MetadataRecord> Clear(ControllerState state, ConfigResource resource)
    {
        if (resource.Type is not (ConfigResourceType.Topic or ConfigResourceType.Broker)) yield break;
        foreach (var topic in state.Image.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            if (resource.Type == ConfigResourceType.Topic && resource.Name != topic.Name) continue;
            var changes = ImmutableArray.CreateBuilder<PartitionChange>();
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var partition = topic.Partitions[i];
                var cleared = Cleared(partition);
                if (!ReferenceEquals(cleared, partition))
                    changes.Add(new PartitionChange(i, cleared with { PartitionEpoch = partition.PartitionEpoch + 1 }));
            }
            if (changes.Count > 0) yield return new PartitionsChanged(topic.Id, changes.ToImmutable());
        }
    }

    /// <summary>A leader that was neither in sync nor eligible: from here on nobody has what the others had.</summary>
    private static bool IsUncleanly(PartitionImage before, PartitionImage after) =>
        after.Leader >= 0 && after.Leader != before.Leader && !before.Isr.Contains(after.Leader) && !before.Elr.Contains(after.Leader);
}
