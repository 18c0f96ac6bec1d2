using System.Runtime.CompilerServices;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Partitions.Producers;

/// <summary>What is remembered of one batch of a producer: enough to know a retry of it again and to answer it (R15).</summary>
public readonly record struct ProducerBatch(int LastSequence, long LastOffset, int OffsetDelta, long TimestampMs)
{
    public int FirstSequence => Sequences.Decrement(LastSequence, OffsetDelta);
    public long FirstOffset => LastOffset - OffsetDelta;
}

/// <summary>The last five batches of a producer, oldest first, in place.</summary>
[InlineArray(Capacity)]
internal struct ProducerBatches
{
    public const int Capacity = 5;

    private ProducerBatch _first;
}
