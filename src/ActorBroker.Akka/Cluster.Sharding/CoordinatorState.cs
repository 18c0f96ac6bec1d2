using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>
/// Which regions there are and which shards each has: the sum of the coordinator's events. Immutable, because snapshots of it are on
/// their way to the store while it goes on. An event that does not fit, as a journal with two writers can have one, changes what it
/// can and nothing else: recovery must not fail for good. Invariant: a shard's region is registered and has the shard in its list.
/// </summary>
internal sealed record CoordinatorState(
    ImmutableDictionary<string, IActorRef> Shards,
    ImmutableDictionary<IActorRef, IImmutableList<string>> Regions,
    ImmutableHashSet<IActorRef> Proxies) : IClusterShardingSerializable
{
    public static readonly CoordinatorState Empty = new(
        ImmutableDictionary<string, IActorRef>.Empty,
        ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty,
        []);

    public CoordinatorState With(ICoordinatorEvent e) => e switch
    {
        ShardRegionRegistered registered => Regions.ContainsKey(registered.Region)
            ? this
            : this with { Regions = Regions.Add(registered.Region, ImmutableList<string>.Empty) },
        ShardRegionProxyRegistered registered => this with { Proxies = Proxies.Add(registered.Proxy) },
        ShardRegionTerminated terminated => Without(terminated.Region),
        ShardRegionProxyTerminated terminated => this with { Proxies = Proxies.Remove(terminated.Proxy) },
        ShardHomeAllocated allocated => Without(allocated.Shard).With(allocated),
        ShardHomeDeallocated deallocated => Without(deallocated.Shard),
        _ => this,
    };

    private CoordinatorState With(ShardHomeAllocated allocated) => Regions.TryGetValue(allocated.Region, out var shards)
        ? this with
        {
            Shards = Shards.SetItem(allocated.Shard, allocated.Region),
            Regions = Regions.SetItem(allocated.Region, shards.Add(allocated.Shard)),
        }
        : this;

    private CoordinatorState Without(string shard) => Shards.TryGetValue(shard, out var region)
        ? this with
        {
            Shards = Shards.Remove(shard),
            Regions = Regions.SetItem(region, Regions[region].Remove(shard)),
        }
        : this;

    private CoordinatorState Without(IActorRef region) => Regions.TryGetValue(region, out var shards)
        ? this with { Shards = Shards.RemoveRange(shards), Regions = Regions.Remove(region) }
        : this;
}
