namespace ActorBroker.Core.Quorum;

/// <summary>
/// The state after everything up to a position that was committed. <paramref name="Ticks"/> is the time that the actor gave it.
/// </summary>
public sealed record QuorumSnapshot(LogPosition Position, long Ticks, ReadOnlyMemory<byte> Bytes)
{
    public long SequenceNr => Position.SequenceNr;
}
