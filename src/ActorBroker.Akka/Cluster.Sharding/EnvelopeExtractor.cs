namespace Akka.Cluster.Sharding;

/// <summary>The user's extractor, which need not know <see cref="ShardingEnvelope"/>.</summary>
internal sealed class EnvelopeExtractor(IMessageExtractor inner) : IMessageExtractor
{
    public string? EntityId(object message) => message is ShardingEnvelope envelope ? envelope.EntityId : inner.EntityId(message);

    public object? EntityMessage(object message) =>
        message is ShardingEnvelope envelope ? envelope.Message : inner.EntityMessage(message);

#pragma warning disable CS0618 // declared by the interface
    public string? ShardId(object message) => inner.ShardId(message);
#pragma warning restore CS0618

    public string ShardId(string entityId, object? messageHint = null) => inner.ShardId(entityId, messageHint);
}
