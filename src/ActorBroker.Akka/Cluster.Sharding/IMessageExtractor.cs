namespace Akka.Cluster.Sharding;

/// <summary>Says for which entity and shard a message is, and what of it the entity gets. Must be the same on every node.</summary>
public interface IMessageExtractor
{
    /// <summary>Null: the message is for no entity.</summary>
    string? EntityId(object message);

    object? EntityMessage(object message);

    [Obsolete("Use ShardId(EntityId, object) instead.")]
    string? ShardId(object message);

    string ShardId(string entityId, object? messageHint = null);
}
