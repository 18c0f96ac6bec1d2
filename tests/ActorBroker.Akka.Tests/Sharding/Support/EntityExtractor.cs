using Akka.Cluster.Sharding;

namespace ActorBroker.Akka.Tests.Sharding.Support;

internal sealed class EntityExtractor : IMessageExtractor
{
    public string? EntityId(object message) => (message as EntityMessage)?.Entity;

    public object? EntityMessage(object message) => message;

    public string? ShardId(object message) => (message as EntityMessage)?.Shard;

    public string ShardId(string entityId, object? messageHint = null) =>
        messageHint is EntityMessage message ? message.Shard : entityId[..1];
}
