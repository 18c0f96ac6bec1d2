using ActorBroker.Core.Kernel;
using ActorBroker.Protocol.Records;

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

    public readonly long LastOffset => BaseOffset + Facts.LastOffsetDelta;
    public readonly ReadOnlySpan<byte> Bytes => Buffer.Span(Start, Length);
}
