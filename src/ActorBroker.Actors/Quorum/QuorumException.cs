namespace ActorBroker.Actors.Quorum;

/// <summary>
/// The quorum did not do what it was asked: no majority, a lost ballot, a voter change that failed. Of a write nothing is known then.
/// </summary>
public sealed class QuorumException(string message) : Exception(message);
