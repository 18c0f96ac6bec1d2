using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Partitions.Replication;

/// <summary>
/// Which replica a consumer should read from (KIP-392, Kafka's <c>RackAwareReplicaSelector</c>; R39): the leader, unless it stands in
/// another rack than the consumer and in-sync replicas in the consumer's rack hold the offset; of those the one with the longest log.
/// May be asked from any thread: it sees each follower as of some moment, and a follower that is sent a reader it cannot serve says so.
/// </summary>
public static class ReadReplicaSelector
{
    /// <summary>A follower's node, or -1 for the leader itself.</summary>
    public static int Select(PartitionMachine leader, int leaderNode, MetadataImage image, string rack, long fetchOffset)
    {
        if (rack.Length == 0 || RackOf(image, leaderNode) == rack) return -1;
        var isr = leader.Isr;
        FollowerProgress? best = null;
        foreach (var follower in leader.Replication.Followers)
        {
            if (!isr.Contains(follower.Node) || follower.EndOffset < fetchOffset || follower.LogStart > fetchOffset) continue;
            if (RackOf(image, follower.Node) != rack || image.Brokers[follower.Node].IsFenced) continue;
            if (best is null || follower.EndOffset > best.EndOffset) best = follower;
        }

        return best?.Node ?? -1;
    }

    private static string? RackOf(MetadataImage image, int node) => image.Brokers.GetValueOrDefault(node)?.Rack;
}
