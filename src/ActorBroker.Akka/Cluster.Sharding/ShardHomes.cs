using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Where shards are, as far as a region knows.</summary>
internal sealed class ShardHomes
{
    private readonly Dictionary<string, IActorRef> _byShard = [];
    private readonly Dictionary<IActorRef, HashSet<string>> _byRegion = [];

    public IActorRef? Of(string shard) => _byShard.GetValueOrDefault(shard);

    /// <summary>True when the region is a new one.</summary>
    public bool Set(string shard, IActorRef region)
    {
        Forget(shard);
        _byShard[shard] = region;
        if (_byRegion.TryGetValue(region, out var shards))
        {
            shards.Add(shard);
            return false;
        }
        _byRegion[region] = [shard];
        return true;
    }

    public void Forget(string shard)
    {
        if (_byShard.Remove(shard, out var region) && _byRegion[region].Remove(shard) && _byRegion[region].Count == 0)
            _byRegion.Remove(region);
    }

    public bool Forget(IActorRef region)
    {
        if (!_byRegion.Remove(region, out var shards))
            return false;
        foreach (var shard in shards)
            _byShard.Remove(shard);
        return true;
    }
}
