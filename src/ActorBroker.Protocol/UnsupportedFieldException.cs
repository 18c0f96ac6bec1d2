namespace ActorBroker.Protocol;

/// <summary>A message was to be written in a version that cannot say what it holds.</summary>
public sealed class UnsupportedFieldException(string message) : Exception(message);
