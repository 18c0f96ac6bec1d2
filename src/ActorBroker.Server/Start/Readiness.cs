using ActorBroker.Core.Metadata;

namespace ActorBroker.Server.Start;

/// <summary>
/// Whether a node of a cluster is as good as before it was stopped: its own metadata show it as serving, and all its replicas are in sync. A
/// rolling restart waits for that before it takes the next node. Replicas that a move is only bringing in do not count: nothing is lost
/// while they are copied.
/// </summary>
internal static class Readiness
{
    /// <summary>Null when it is ready, else why not.</summary>
    public static string? WhyNot(MetadataImage image, int node)
    {
        if (!image.Brokers.TryGetValue(node, out var self) || self.IsFenced) return "not in the cluster";
        var behind = 0;
        foreach (var topic in image.Topics.Values)
        {
            foreach (var partition in topic.Partitions)
            {
                if (partition.Replicas.Contains(node) && !partition.Isr.Contains(node) && !partition.AddingReplicas.Contains(node)) behind++;
            }
        }

        return behind == 0 ? null : $"{behind} replicas are behind";
    }
}
