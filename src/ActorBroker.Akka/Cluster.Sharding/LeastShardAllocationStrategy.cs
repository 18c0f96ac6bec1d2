using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding.Internal;

namespace Akka.Cluster.Sharding;

/// <summary>The older algorithm: takes shards from the fullest region while it has more than the threshold above the emptiest.</summary>
[Obsolete("Use ShardAllocationStrategy.LeastShardAllocationStrategy instead. This will be removed in v1.6.")]
public class LeastShardAllocationStrategy : AbstractLeastShardAllocationStrategy
{
    private readonly int _rebalanceThreshold;
    private readonly int _maxSimultaneousRebalance;

    public LeastShardAllocationStrategy(int rebalanceThreshold, int maxSimultaneousRebalance)
    {
        _rebalanceThreshold = rebalanceThreshold;
        _maxSimultaneousRebalance = maxSimultaneousRebalance;
    }

    public override Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
        Task.FromResult<IImmutableSet<string>>([.. Choose(RegionEntriesFor(currentShardAllocations), rebalanceInProgress)]);

    private IEnumerable<string> Choose(ImmutableList<RegionEntry> entries, IImmutableSet<string> inProgress)
    {
        if (inProgress.Count >= _maxSimultaneousRebalance || !IsAGoodTimeToRebalance(entries))
            return [];
        var emptiest = MostSuitableRegion(entries).Item2.Count;
        var movable = entries.Select(e => e.ShardIds.Where(s => !inProgress.Contains(s)).ToArray()).MaxBy(s => s.Length)!;
        var difference = movable.Length - emptiest;
        if (difference < _rebalanceThreshold)
            return [];
        var limit = Math.Min(
            Math.Min(difference - _rebalanceThreshold, _rebalanceThreshold), _maxSimultaneousRebalance - inProgress.Count);
        return movable.Order(StringComparer.Ordinal).Take(limit);
    }
}
