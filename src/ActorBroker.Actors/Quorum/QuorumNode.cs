using ActorBroker.Core.Quorum;

namespace ActorBroker.Actors.Quorum;

/// <summary>Which node this is, in which life, where its control lane listens, and where its voter's file lies.</summary>
public sealed record QuorumNode(int NodeId, long Incarnation, LaneAddress Address, string Directory);
