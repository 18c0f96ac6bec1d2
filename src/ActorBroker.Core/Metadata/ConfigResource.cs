namespace ActorBroker.Core.Metadata;

/// <summary>What a config belongs to; the values are those of the wire (R73).</summary>
public enum ConfigResourceType : sbyte
{
    Unknown = 0,
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}

public readonly record struct ConfigResource(ConfigResourceType Type, string Name);
