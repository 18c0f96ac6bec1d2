namespace ActorBroker.Core.Quorum;

/// <summary>
/// A place in a log: a sequence number and the ballot under which its entry was first written. Two logs that agree on one position agree on
/// everything before it. Logs are compared by their last position, the ballot first: the greater one holds all that was ever committed.
/// </summary>
public readonly record struct LogPosition(Ballot Ballot, long SequenceNr) : IComparable<LogPosition>
{
    public static readonly LogPosition Origin = default;

    public static bool operator <(LogPosition left, LogPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(LogPosition left, LogPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(LogPosition left, LogPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LogPosition left, LogPosition right) => left.CompareTo(right) >= 0;

    public int CompareTo(LogPosition other) => Ballot != other.Ballot ? Ballot.CompareTo(other.Ballot) : SequenceNr.CompareTo(other.SequenceNr);

    public override string ToString() => $"{SequenceNr}/{Ballot}";
}
