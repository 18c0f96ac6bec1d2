namespace ActorBroker.Protocol.Records;

/// <summary>A header to be written.</summary>
public readonly record struct RecordHeaderValue(string Key, byte[]? Value);
