namespace ActorBroker.Core.Quorum;

public enum QuorumEntryKind : byte
{
    /// <summary>What an actor persisted in one atomic write.</summary>
    Events = 0,

    /// <summary>A ballot was won; the bytes are the winner's incarnation (int64).</summary>
    BallotWon = 1,
}

/// <summary>
/// One entry of a log: an atomic write of the events <paramref name="First"/> to <paramref name="Last"/>, as bytes that nobody here looks
/// into. Entries are kept, sent and adopted whole. The ballot is the one it was first written under and never changes.
/// </summary>
public sealed record QuorumEntry(long First, long Last, Ballot Ballot, QuorumEntryKind Kind, ReadOnlyMemory<byte> Bytes)
{
    public LogPosition Position => new(Ballot, Last);

    /// <summary>About what it costs on the wire.</summary>
    public int Size => 40 + Bytes.Length;
}
