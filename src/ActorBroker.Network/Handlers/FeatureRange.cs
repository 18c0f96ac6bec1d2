namespace ActorBroker.Network.Handlers;

/// <summary>The levels of a feature that this broker supports (KIP-584).</summary>
public readonly record struct FeatureRange(string Name, short MinLevel, short MaxLevel);
