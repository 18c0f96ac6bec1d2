using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// What an acceptor is asked, in the envelope that says which cluster and whose file is meant; an acceptor of another cluster, or one whose
/// file was lost since, must not answer as if it were the one.
/// </summary>
public sealed record QuorumCall(string ClusterId, Uuid FileId, QuorumRequest Request);

/// <summary>The id is the asker's own and comes back with the answer.</summary>
public abstract record QuorumRequest(long Id);

/// <summary>
/// A request about one log. The epoch is that of the voter set in which the asker counts its majority: an acceptor that knows of a later
/// one refuses.
/// </summary>
public abstract record LogRequest(long Id, string Log, int Epoch, Ballot Ballot) : QuorumRequest(Id);

/// <summary>Asks to promise that no lower ballot is answered any more.</summary>
public sealed record Prepare(long Id, string Log, int Epoch, Ballot Ballot, long Nonce) : LogRequest(Id, Log, Epoch, Ballot);

/// <summary>The log behind a sequence number; only for who holds the promise.</summary>
public sealed record ReadLog(long Id, string Log, int Epoch, Ballot Ballot, long AfterSequenceNr, int MaxBytes)
    : LogRequest(Id, Log, Epoch, Ballot);

/// <summary>
/// Entries that follow a position; what the acceptor has instead of them is replaced. Without entries it only asks whether the acceptor has
/// that position. Entries up to <paramref name="CutTo"/> are not needed any more where a snapshot holds them.
/// </summary>
public sealed record AppendEntries(
    long Id, string Log, int Epoch, Ballot Ballot, LogPosition Previous, IReadOnlyList<QuorumEntry> Entries, long Committed, long CutTo)
    : LogRequest(Id, Log, Epoch, Ballot);

public sealed record InstallSnapshot(long Id, string Log, int Epoch, Ballot Ballot, QuorumSnapshot Snapshot) : LogRequest(Id, Log, Epoch, Ballot);

/// <summary>Which voters and which logs the acceptor knows; answered by everybody at any time.</summary>
public sealed record AskStatus(long Id) : QuorumRequest(Id);

/// <summary>Asks to promise not to take part in a lower ballot about the voter set that follows the one of <paramref name="Epoch"/>.</summary>
public sealed record PrepareVoters(long Id, int Epoch, Ballot Ballot, long Nonce) : QuorumRequest(Id);

/// <summary>Asks to accept a voter set; from then on the acceptor refuses requests of earlier epochs.</summary>
public sealed record AcceptVoters(long Id, Ballot Ballot, VoterSet Voters) : QuorumRequest(Id);

/// <summary>A voter set that was decided; also how an empty acceptor learns that it is a voter of the cluster.</summary>
public sealed record LearnVoters(long Id, string ClusterId, VoterSet Voters) : QuorumRequest(Id);
