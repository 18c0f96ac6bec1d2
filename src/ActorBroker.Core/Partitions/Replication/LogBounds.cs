namespace ActorBroker.Core.Partitions.Replication;

/// <summary>The bounds of a leader's log.</summary>
public readonly record struct LogBounds(long LogStart, long HighWatermark, long LogEnd);
