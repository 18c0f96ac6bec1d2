namespace ActorBroker.Core.Quorum;

/// <summary>
/// What an owner knows of one voter. One request is under way at a time; what comes up meanwhile goes with the next.
/// </summary>
internal sealed class VoterProgress(Voter voter)
{
    public Voter Voter => voter;

    /// <summary>What it has promised under the present ballot; null before.</summary>
    public Promised? Promise { get; set; }

    /// <summary>Up to here its log is the owner's; -1 as long as nothing is known.</summary>
    public long Match { get; set; } = -1;

    /// <summary>The first sequence number that is sent next.</summary>
    public long Next { get; set; }

    public long SnapshotSequenceNr { get; set; }

    public long CutTo { get; set; }

    public QuorumRequest? Pending { get; set; }

    public long SentAtMs { get; set; }

    /// <summary>Requests in a row that were not answered.</summary>
    public int Silent { get; set; }

    public bool IsInDoubt { get; set; }

    public QuorumRefusal? Refusal { get; set; }

    public void Learn(long match, long snapshotSequenceNr)
    {
        Match = Math.Max(Match, match);
        Next = Match + 1;
        SnapshotSequenceNr = Math.Max(SnapshotSequenceNr, snapshotSequenceNr);
    }
}
