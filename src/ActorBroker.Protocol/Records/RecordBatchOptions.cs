using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>The header fields of a batch to be built; the defaults are a plain uncompressed batch at offset 0.</summary>
public readonly record struct RecordBatchOptions
{
    public RecordBatchOptions()
    {
    }

    public long BaseOffset { get; init; }
    public int LeaderEpoch { get; init; } = RecordBatchLayout.NoLeaderEpoch;
    public CompressionCodec Codec { get; init; }

    /// <summary>See <see cref="CompressionLevels"/>; null is the codec's default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Set: the batch carries this time as LogAppendTime, and records keep theirs as deltas only.</summary>
    public long? LogAppendTimeMs { get; init; }

    public long ProducerId { get; init; } = RecordBatchLayout.NoProducerId;
    public short ProducerEpoch { get; init; } = RecordBatchLayout.NoProducerEpoch;
    public int BaseSequence { get; init; } = RecordBatchLayout.NoSequence;
    public bool IsTransactional { get; init; }
    public bool IsControl { get; init; }

    /// <summary>Set: tombstones or markers in the batch may go after this time (KIP-534).</summary>
    public long? DeleteHorizonMs { get; init; }
}
