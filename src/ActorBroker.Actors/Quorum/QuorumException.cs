using ActorBroker.Core.Quorum;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// The quorum did not do what it was asked: no majority, a lost ballot, a voter change that failed. Of a write nothing is known then.
/// </summary>
public sealed class QuorumException(string message) : Exception(message)
{
    /// <summary>Why the log is not owned any more; null where that is not what has failed.</summary>
    public OwnerLoss? Loss { get; init; }
}
