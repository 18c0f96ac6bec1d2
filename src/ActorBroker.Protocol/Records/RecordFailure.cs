namespace ActorBroker.Protocol.Records;

/// <summary>One rejected record of a batch: its position and Kafka's text.</summary>
public readonly record struct RecordFailure(int BatchIndex, string? Message);
