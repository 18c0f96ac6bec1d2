using ActorBroker.Core.Kernel;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Recovery;

namespace ActorBroker.Storage;

/// <summary>
/// One batch for <see cref="PartitionLog.Append"/>. The owner has checked it, has assigned <see cref="BaseOffset"/> and
/// <see cref="LeaderEpoch"/> and has patched both into the bytes. The log takes leases of its own where it keeps bytes.
/// </summary>
public struct LogBatch
{
    public LeasedBuffer Buffer;
    public int Start;
    public int Length;
    public long BaseOffset;
    public int LeaderEpoch;
    public BatchFacts Facts;

    /// <summary>A batch as it stands in another replica's log: offset, epoch and facts are its header's.</summary>
    public static LogBatch Replicated(LeasedBuffer buffer, int start, in RecordBatchView view) => new()
    {
        Buffer = buffer,
        Start = start,
        Length = view.SizeInBytes,
        BaseOffset = view.BaseOffset,
        LeaderEpoch = view.PartitionLeaderEpoch,
        Facts = BatchFactsOf.Header(view),
    };

    public readonly long LastOffset => BaseOffset + Facts.LastOffsetDelta;
    public readonly ReadOnlySpan<byte> Bytes => Buffer.Span(Start, Length);
}
