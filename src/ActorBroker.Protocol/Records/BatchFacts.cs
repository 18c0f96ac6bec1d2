using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>What validation found out about an accepted batch; all that the leader needs to append it without looking again.</summary>
public readonly record struct BatchFacts
{
    /// <summary>Of the batch alone; bytes after it in the request are ignored, as Kafka does.</summary>
    public int SizeInBytes { get; init; }

    public int RecordCount { get; init; }
    public int LastOffsetDelta { get; init; }
    public long BaseTimestamp { get; init; }

    /// <summary>The largest timestamp in the records (at least -1); the header's when the walk was off.</summary>
    public long MaxTimestamp { get; init; }

    /// <summary>Position of the first record with <see cref="MaxTimestamp"/>; the last position when no record was looked at.</summary>
    public int OffsetDeltaOfMaxTimestamp { get; init; }

    public long ProducerId { get; init; }
    public short ProducerEpoch { get; init; }
    public int BaseSequence { get; init; }
    public BatchAttributes Attributes { get; init; }

    /// <summary>Size of the record section after decompression; 0 when the walk was off and the section is compressed.</summary>
    public long UncompressedBytes { get; init; }

    /// <summary>
    /// The header disagrees with the records, or claims LogAppendTime: <see cref="RecordBatchPatch.SetMaxTimestamp"/> is due.
    /// </summary>
    public bool NeedsTimestampPatch { get; init; }

    public CompressionCodec Codec => Attributes.Codec;
    public bool HasProducerId => ProducerId > RecordBatchLayout.NoProducerId;
    public bool IsTransactional => Attributes.IsTransactional;
    public int LastSequence => Sequences.Last(BaseSequence, LastOffsetDelta);
}
