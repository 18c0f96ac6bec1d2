using ActorBroker.Core.Quorum;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>A call to a voter's acceptor.</summary>
internal sealed record QuorumCallMessage(QuorumCall Call);

internal sealed record QuorumReplyMessage(int Voter, QuorumReply Reply);
