using ActorBroker.Core.Quorum;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// The last event of every recovery from the quorum journal: from here on this actor writes under this ballot. Brokers and followers may
/// refuse whoever shows a lower one.
/// </summary>
public sealed record BallotWon(long Ballot, int Node, long Incarnation);

/// <summary>A reply of a voter's acceptor, with whose it is.</summary>
public sealed record QuorumAnswer(int Voter, QuorumReply Reply);

/// <summary>Asked of <c>/user/quorum</c> by nodes that come up, before anybody has joined a cluster.</summary>
public sealed record WhoAreYou(long Id);

public sealed record IAm(long Id, NodeStanding Standing);

/// <summary>
/// A piece of a message that is too large for one frame of the control lane. The pieces of one message come in order or not at all; the last
/// one completes it.
/// </summary>
public sealed record QuorumPart(long Id, int Index, int Count, bool IsCall, ReadOnlyMemory<byte> Bytes);
