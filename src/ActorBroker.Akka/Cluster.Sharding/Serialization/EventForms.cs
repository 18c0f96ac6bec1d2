using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding.Serialization;

/// <summary>
/// The coordinator's events and its snapshot. A snapshot is the regions, each with its shards in the order of allocation, and the proxies:
/// <c>count { region, count { shard } } count { proxy }</c>.
/// </summary>
internal static class EventForms
{
    public static readonly Form[] All =
    [
        Form.Of<CoordinatorState>("AA", Write, Read),
        Form.Of<ShardRegionRegistered>("AB", (m, w) => w.Reference(m.Region), r => new ShardRegionRegistered(r.Reference())),
        Form.Of<ShardRegionProxyRegistered>("AC", (m, w) => w.Reference(m.Proxy), r => new ShardRegionProxyRegistered(r.Reference())),
        Form.Of<ShardRegionTerminated>("AD", (m, w) => w.Reference(m.Region), r => new ShardRegionTerminated(r.Reference())),
        Form.Of<ShardRegionProxyTerminated>("AE", (m, w) => w.Reference(m.Proxy), r => new ShardRegionProxyTerminated(r.Reference())),
        Form.Of<ShardHomeAllocated>(
            "AF",
            (m, w) =>
            {
                w.Text(m.Shard);
                w.Reference(m.Region);
            },
            r => new ShardHomeAllocated(r.Text(), r.Reference())),
        Form.Of<ShardHomeDeallocated>("AG", (m, w) => w.Text(m.Shard), r => new ShardHomeDeallocated(r.Text())),
    ];

    private static void Write(CoordinatorState state, ShardingWriter writer)
    {
        writer.Count(state.Regions.Count);
        foreach (var (region, shards) in state.Regions)
        {
            writer.Reference(region);
            writer.Count(shards.Count);
            foreach (var shard in shards)
                writer.Text(shard);
        }
        writer.Count(state.Proxies.Count);
        foreach (var proxy in state.Proxies)
            writer.Reference(proxy);
    }

    private static CoordinatorState Read(ShardingReader reader)
    {
        var shards = ImmutableDictionary.CreateBuilder<string, IActorRef>();
        var regions = ImmutableDictionary.CreateBuilder<IActorRef, IImmutableList<string>>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var region = reader.Reference();
            var own = ImmutableList.CreateBuilder<string>();
            for (var inRegion = reader.Count(); inRegion > 0; inRegion--)
                own.Add(reader.Text());
            regions[region] = own.ToImmutable();
            foreach (var shard in own)
                shards[shard] = region;
        }
        var proxies = ImmutableHashSet.CreateBuilder<IActorRef>();
        for (var left = reader.Count(); left > 0; left--)
            proxies.Add(reader.Reference());
        return new CoordinatorState(shards.ToImmutable(), regions.ToImmutable(), proxies.ToImmutable());
    }
}
