using Akka.Util;

namespace Akka.Cluster.Sharding;

/// <summary>Spreads entities over a fixed number of shards by the hash of their id. The number must never change.</summary>
public abstract class HashCodeMessageExtractor : IMessageExtractor
{
    public readonly int MaxNumberOfShards;

    private readonly string[] _shardIds;

    protected HashCodeMessageExtractor(int maxNumberOfShards)
    {
        MaxNumberOfShards = maxNumberOfShards;
        _shardIds = [.. Enumerable.Range(0, maxNumberOfShards).Select(i => i.ToString())];
    }

    public static HashCodeMessageExtractor Create(
        int maxNumberOfShards, Func<object, string?> entityIdExtractor, Func<object, object>? messageExtractor = null) =>
        new Functions(maxNumberOfShards, entityIdExtractor, messageExtractor);

    public abstract string? EntityId(object message);

    public virtual object? EntityMessage(object message) => message;

    [Obsolete("Use ShardId(string, object?) instead. Since v1.5.15")]
    public virtual string? ShardId(object message)
    {
        var id = message is ShardRegion.StartEntity start ? start.EntityId : EntityId(message);
        return string.IsNullOrEmpty(id) ? null : ShardId(id, message);
    }

    public virtual string ShardId(string entityId, object? messageHint = null) =>
        _shardIds[Math.Abs(MurmurHash.StringHash(entityId) % MaxNumberOfShards)];

    private sealed class Functions(int maxNumberOfShards, Func<object, string?> entityId, Func<object, object>? entityMessage)
        : HashCodeMessageExtractor(maxNumberOfShards)
    {
        public override string? EntityId(object message) => entityId(message);

        public override object? EntityMessage(object message) => entityMessage is null ? message : entityMessage(message);
    }
}
