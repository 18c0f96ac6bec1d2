namespace Akka.Cluster.Sharding;

#pragma warning disable CS0618 // the older form of an extractor is what this class adapts

/// <summary>Two functions as an extractor.</summary>
internal sealed class DelegateExtractor(ExtractEntityId extractEntityId, ExtractShardId extractShardId) : IMessageExtractor
{
    public string? EntityId(object message) => extractEntityId(message) is { HasValue: true } found ? found.Value.Item1 : null;

    public object? EntityMessage(object message) => extractEntityId(message) is { HasValue: true } found ? found.Value.Item2 : null;

    public string? ShardId(object message) => extractShardId(message);

    public string ShardId(string entityId, object? messageHint = null) =>
        extractShardId(messageHint ?? throw new ArgumentNullException(nameof(messageHint)));
}
