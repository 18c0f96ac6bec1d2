namespace ActorBroker.Core.Groups;

/// <summary>
/// Which partition of <c>__consumer_offsets</c> a group belongs to (R52). Tools and other brokers compute it too, so it is the hash of Java's
/// strings: over UTF-16 units, 31-fold, wrapping; its sign bit cleared rather than its sign dropped.
/// </summary>
public static class GroupPartitioning
{
    public static int PartitionOf(string groupId, int partitions)
    {
        var hash = 0;
        foreach (var unit in groupId) hash = unchecked((31 * hash) + unit);
        return (hash & int.MaxValue) % partitions;
    }
}
