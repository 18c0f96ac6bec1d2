using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>KIP-98: which records a reader may see.</summary>
public enum ReadIsolation : byte
{
    ReadUncommitted = 0,
    ReadCommitted = 1,
}

/// <summary>The answer to ListOffsets for one partition; offset and timestamp are -1 when no record matches, without an error.</summary>
public readonly record struct OffsetLookup(ErrorCode Error, long Offset, long TimestampMs, int LeaderEpoch);

/// <summary>Epoch and exclusive end offset; -1/-1 when the asked epoch is unknown.</summary>
public readonly record struct EpochEndOffset(int LeaderEpoch, long EndOffset);

public readonly record struct DeleteRecordsResult(ErrorCode Error, long LowWatermark);

/// <summary>An aborted transaction that overlaps a read: the reader drops this producer's batches from the first offset to its abort
/// marker.</summary>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset);

/// <summary>One producer's state on a partition (KIP-664). Absent values are -1.</summary>
public sealed record ProducerDescription(
    long ProducerId, int ProducerEpoch, int LastSequence, long LastTimestampMs, int CoordinatorEpoch, long CurrentTransactionStartOffset);
