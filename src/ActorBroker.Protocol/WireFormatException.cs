namespace ActorBroker.Protocol;

/// <summary>Bytes from the wire or the disk that do not follow the format; the message names the field and what is wrong with it.</summary>
public sealed class WireFormatException(string message) : Exception(message);
