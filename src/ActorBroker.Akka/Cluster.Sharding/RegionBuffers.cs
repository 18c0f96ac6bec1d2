using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Messages that wait for the homes of their shards, bounded in their sum, each shard's in the order in which they came.</summary>
internal sealed class RegionBuffers(int capacity)
{
    private readonly Dictionary<string, Queue<(object Message, IActorRef Sender)>> _byShard = [];

    public int Count { get; private set; }

    public bool IsEmpty => _byShard.Count == 0;

    public IReadOnlyCollection<string> Shards => _byShard.Keys;

    public bool Contains(string shard) => _byShard.ContainsKey(shard);

    /// <summary>False when there is no room.</summary>
    public bool TryAdd(string shard, object message, IActorRef sender)
    {
        if (Count >= capacity)
            return false;
        if (!_byShard.TryGetValue(shard, out var waiting))
            _byShard[shard] = waiting = new();
        waiting.Enqueue((message, sender));
        Count++;
        return true;
    }

    public IReadOnlyCollection<(object Message, IActorRef Sender)> Take(string shard)
    {
        if (!_byShard.Remove(shard, out var waiting))
            return [];
        Count -= waiting.Count;
        return waiting;
    }
}
