namespace ActorBroker.Core.Groups;

/// <summary>
/// Which partition of <c>__consumer_offsets</c> a group belongs to (R52). Tools and other brokers compute it too, so it is the hash of
/// Java's strings: over UTF-16 units, 31-fold, wrapping; then its absolute value, where that of the smallest integer counts as 0.
/// </summary>
public static class GroupPartitioning
{
    public static int PartitionOf(string groupId, int partitions)
    {
        var hash = 0;
        foreach (var unit in groupId) hash = unchecked((31 * hash) + unit);
        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitions;
    }
}
