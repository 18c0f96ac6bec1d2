namespace ActorBroker.Network.Handlers;

/// <summary>
/// The levels of a feature that this broker supports (KIP-584), and the one that counts as finalized as long as the metadata names none; 0
/// for none.
/// </summary>
public readonly record struct FeatureRange(string Name, short MinLevel, short MaxLevel, short DefaultLevel = 0)
{
    /// <summary>
    /// What Kafka 4.3 publishes, less what this broker does not do: without <c>transaction.version</c> clients stay with the first
    /// transaction protocol, and without <c>group.version</c> with classic groups.
    /// </summary>
    public static IReadOnlyList<FeatureRange> Supported { get; } = [new("metadata.version", 7, 30, 30)];
}
