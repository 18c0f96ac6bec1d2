using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>An acceptor's answer to the request of the same id; all that made it true is on its disk.</summary>
public abstract record QuorumReply(long Id);

/// <summary>The promise, and what the acceptor has: the owner-to-be chooses by it whose log it adopts.</summary>
public sealed record Promised(long Id, LogPosition Last, long SnapshotSequenceNr) : QuorumReply(Id);

/// <summary>A page of the log: the snapshot comes with the first, whose entries follow <paramref name="Start"/>.</summary>
public sealed record LogPage(long Id, LogPosition Start, QuorumSnapshot? Snapshot, IReadOnlyList<QuorumEntry> Entries, bool IsLast) : QuorumReply(Id);

/// <summary>Up to <paramref name="Match"/> the acceptor's log is the asker's.</summary>
public sealed record Accepted(long Id, long Match, long SnapshotSequenceNr) : QuorumReply(Id);

/// <summary>The acceptor does not have the position that the entries follow; it may have the one at or before the hint.</summary>
public sealed record Mismatched(long Id, long Hint, long SnapshotSequenceNr) : QuorumReply(Id);

public sealed record Installed(long Id, long SnapshotSequenceNr, long Match) : QuorumReply(Id);

/// <param name="Id">The request's.</param>
/// <param name="ClusterId">Empty when the acceptor belongs to none.</param>
/// <param name="NodeId">The acceptor's node.</param>
/// <param name="FileId">The id of its file.</param>
/// <param name="Voters">The newest set that it knows to be decided.</param>
/// <param name="Accepted">A later one that it has accepted, decided or not.</param>
/// <param name="Logs">Its logs.</param>
public sealed record QuorumStatus(
    long Id, string ClusterId, int NodeId, Uuid FileId, VoterSet Voters, VoterSet? Accepted, ImmutableArray<LogStatus> Logs) : QuorumReply(Id);

public readonly record struct LogStatus(string Log, Ballot Promised, LogPosition Last, long Committed, long SnapshotSequenceNr);

/// <summary>The promise about the next voter set, with the one that was accepted before, if any.</summary>
public sealed record VotersPromised(long Id, Ballot AcceptedBallot, VoterSet? Accepted) : QuorumReply(Id);

public sealed record VotersAccepted(long Id) : QuorumReply(Id);

public sealed record VotersLearned(long Id, int Epoch) : QuorumReply(Id);

public enum QuorumRefusal : byte
{
    /// <summary>A higher ballot was promised, or this one to somebody else.</summary>
    LostBallot,

    /// <summary>A later voter set was decided; it comes with the refusal.</summary>
    StaleVoters,

    /// <summary>The acceptor has accepted a later voter set and does not know whether it was decided.</summary>
    VotersInDoubt,

    /// <summary>The asker knows a later voter set than the acceptor, which must learn it first.</summary>
    BehindVoters,

    /// <summary>Another cluster's acceptor, or one of none yet.</summary>
    WrongCluster,

    /// <summary>The file is another one than the voter set has on record: the disk was wiped or swapped.</summary>
    WrongFile,

    /// <summary>The disk has failed.</summary>
    Offline,
}

public sealed record Refused(long Id, QuorumRefusal Reason, Ballot Promised, VoterSet Voters) : QuorumReply(Id);
