using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding.Internal;

/// <summary>
/// Allocates to the region with the fewest shards, on members that are not about to leave if there are any. The order of regions for
/// that is leaving or not, then the number of shards.
/// </summary>
public abstract class AbstractLeastShardAllocationStrategy : IActorSystemDependentAllocationStrategy
{
    private static readonly TimeSpan ViewDelay = TimeSpan.FromMilliseconds(50);

    private Cluster? _cluster;

    protected virtual ClusterEvent.CurrentClusterState ClusterState => _cluster!.State;

    protected virtual Member SelfMember => _cluster!.SelfMember;

    public void Start(ActorSystem system) => _cluster = Cluster.Get(system);

    public async Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        while (true)
        {
            var entries = RegionEntriesFor(currentShardAllocations);
            if (!entries.IsEmpty)
                return MostSuitableRegion(entries).Item1;
            // The regions are of members that this node's view does not have yet.
            await Task.Delay(ViewDelay).ConfigureAwait(false);
        }
    }

    public abstract Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress);

    /// <summary>Moves need answers of all regions, and joining members are soon worth waiting for.</summary>
    protected bool IsAGoodTimeToRebalance(IEnumerable<RegionEntry> regionEntries)
    {
        var state = ClusterState;
        return regionEntries.Any()
            && !state.Members.Any(m => state.Unreachable.Contains(m))
            && !state.Members.Any(m => m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp);
    }

    protected (IActorRef Region, IImmutableList<string> Shards) MostSuitableRegion(IEnumerable<RegionEntry> regionEntries)
    {
        var best = regionEntries.OrderBy(IsLeaving).ThenBy(e => e.ShardIds.Count).First();
        return (best.Region, best.ShardIds);
    }

    protected ImmutableList<RegionEntry> RegionEntriesFor(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        var members = ClusterState.Members.ToDictionary(m => m.Address);
        var entries = ImmutableList.CreateBuilder<RegionEntry>();
        foreach (var (region, shards) in currentShardAllocations)
        {
            var address = region.Path.Address.HasLocalScope ? SelfMember.Address : region.Path.Address;
            if (members.TryGetValue(address, out var member))
                entries.Add(new RegionEntry(region, member, shards));
        }
        return entries.ToImmutable();
    }

    internal static bool IsLeaving(RegionEntry entry) =>
        entry.Member.Status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down;

    /// <summary>A region with its member and its shards.</summary>
    public sealed class RegionEntry
    {
        public RegionEntry(IActorRef region, Member member, IImmutableList<string> shardIds)
        {
            Region = region;
            Member = member;
            ShardIds = shardIds;
        }

        public IActorRef Region { get; }

        public Member Member { get; }

        public IImmutableList<string> ShardIds { get; }
    }
}
