using ActorBroker.Protocol;

namespace ActorBroker.Core.Partitions.Producers;

/// <summary>
/// What the producer table thinks of a batch. With a <see cref="DuplicateBaseOffset"/> ≥ 0 nothing is appended and the producer gets that
/// offset (and its timestamp) as if it had been now (R15).
/// </summary>
public readonly record struct ProducerCheck(ErrorCode Error, long DuplicateBaseOffset, long DuplicateTimestamp)
{
    public static readonly ProducerCheck Accepted = new(ErrorCode.None, -1, -1);

    public bool IsDuplicate => DuplicateBaseOffset >= 0;
    public bool IsAccepted => Error == ErrorCode.None && DuplicateBaseOffset < 0;

    public static ProducerCheck Refused(ErrorCode error) => new(error, -1, -1);
}
