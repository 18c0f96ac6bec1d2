using ActorBroker.Core.Quorum;

namespace ActorBroker.Actors.Quorum;

/// <summary>This node does not own a log any more, and why.</summary>
public readonly record struct LogLoss(string Log, OwnerLoss Reason);
