using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>One fact of an acceptor's file; applying the same facts in the same order gives the same acceptor.</summary>
public abstract record AcceptorRecord;

/// <summary>The first record of every file: whose it is.</summary>
public sealed record VoterCreated(int NodeId, Uuid FileId) : AcceptorRecord;

public sealed record ClusterJoined(string ClusterId) : AcceptorRecord;

public sealed record PromiseMade(string Log, Ballot Ballot, long Nonce) : AcceptorRecord;

/// <summary>What lies behind the sequence number is replaced by the entries; accepting under a ballot promises it too.</summary>
public sealed record EntriesAccepted(string Log, Ballot Ballot, long AfterSequenceNr, IReadOnlyList<QuorumEntry> Entries) : AcceptorRecord;

public sealed record SnapshotInstalled(string Log, Ballot Ballot, QuorumSnapshot Snapshot) : AcceptorRecord;

public sealed record LogCut(string Log, long ToSequenceNr) : AcceptorRecord;

/// <summary>An empty log that goes on behind a position: how a log that was cut begins in a rewritten file.</summary>
public sealed record LogStarted(string Log, LogPosition Start) : AcceptorRecord;

public sealed record VotersPromiseMade(Ballot Ballot, long Nonce) : AcceptorRecord;

public sealed record VoterSetAccepted(Ballot Ballot, VoterSet Voters) : AcceptorRecord;

public sealed record VotersDecided(VoterSet Voters) : AcceptorRecord;
