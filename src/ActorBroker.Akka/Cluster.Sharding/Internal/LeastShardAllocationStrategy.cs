using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding.Internal;

/// <summary>
/// Moves shards so that every region has its share in one or two rounds. First what regions have above their share, rounded up;
/// when nothing is above it, single shards from regions at the share for regions that have two less.
/// </summary>
internal sealed class LeastShardAllocationStrategy(int absoluteLimit, double relativeLimit) : AbstractLeastShardAllocationStrategy
{
    public override Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
        Task.FromResult<IImmutableSet<string>>(
            rebalanceInProgress.Count > 0 ? ImmutableHashSet<string>.Empty : [.. Choose(RegionEntriesFor(currentShardAllocations))]);

    private IEnumerable<string> Choose(ImmutableList<RegionEntry> entries)
    {
        var shards = entries.Sum(e => e.ShardIds.Count);
        if (shards == 0 || !IsAGoodTimeToRebalance(entries))
            return [];
        var sorted = entries.OrderBy(IsLeaving).ThenBy(e => e.ShardIds.Count).ToArray();
        var share = (shards + sorted.Length - 1) / sorted.Length;
        var limit = Math.Max(1, Math.Min((int)(relativeLimit * shards), absoluteLimit));
        var above = sorted.SelectMany(e => e.ShardIds.Take(Math.Max(0, e.ShardIds.Count - share))).Take(limit).ToArray();
        if (above.Length > 0)
            return above;
        var missing = sorted.Sum(e => Math.Max(0, share - 1 - e.ShardIds.Count));
        return sorted.Where(e => e.ShardIds.Count >= share).Select(e => e.ShardIds[0]).Take(Math.Min(missing, limit));
    }
}
