namespace ActorBroker.Core.Quorum;

/// <summary>What an <see cref="OwnerMachine"/> or a <see cref="VoterChangeMachine"/> wants done, or has to tell; in the order in which it
/// came about.</summary>
public abstract record QuorumOutput;

/// <summary>A request for a voter's acceptor.</summary>
public sealed record SendToVoter(Voter Voter, QuorumRequest Request) : QuorumOutput;

/// <summary>The log is adopted and committed together with this owner's <see cref="QuorumEntryKind.BallotWon"/>; it may be read.</summary>
public sealed record BallotTaken(Ballot Ballot) : QuorumOutput;

/// <summary>A majority has everything up to the sequence number on its disks.</summary>
public sealed record EntriesCommitted(long SequenceNr) : QuorumOutput;

/// <summary>A majority has the snapshot on its disks.</summary>
public sealed record SnapshotKept(long SequenceNr) : QuorumOutput;

/// <summary>A majority has cut its log up to the sequence number, as far as its snapshots reach.</summary>
public sealed record LogWasCut(long SequenceNr) : QuorumOutput;

public enum OwnerLoss : byte
{
    /// <summary>Somebody else has a higher ballot.</summary>
    LostBallot,

    /// <summary>No majority answered in time.</summary>
    NoMajority,

    /// <summary>The voters have changed; the next owner counts in the new set.</summary>
    VotersChanged,

    /// <summary>A change of the voters was left half done: it must be brought to its end first.</summary>
    VotersInDoubt,
}

/// <summary>
/// The end of this owner. What was written and not committed may or may not come to be; what is known of a later voter set comes along.
/// </summary>
public sealed record OwnershipLost(OwnerLoss Reason, string Text, VoterSet Voters, Ballot Seen) : QuorumOutput;

/// <summary>
/// Somebody must take the ballot of this log in this voter set, so that all that was ever committed is on a majority of it. Answered by
/// <see cref="VoterChangeMachine.BallotTaken"/>.
/// </summary>
public sealed record TakeBallotOf(string Log, VoterSet Voters, Ballot Seen) : QuorumOutput;

/// <summary>The change is done: the set is decided, known to a majority of it, and a majority has all logs.</summary>
public sealed record VotersAre(VoterSet Voters) : QuorumOutput;

/// <summary>The change was given up. When it was past its first steps it may still come to be.</summary>
public sealed record VoterChangeFailed(string Text) : QuorumOutput;
