using System.Buffers.Binary;
using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// What a leader may change in a batch that it did not build. Offset and epoch lie outside the CRC; whatever touches the attributes
/// or the timestamps recomputes it. The caller has validated the batch: the span starts at it and holds all of it.
/// </summary>
public static class RecordBatchPatch
{
    public static void SetOffsetAndEpoch(Span<byte> batch, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], leaderEpoch);
    }

    /// <summary>
    /// Stamps the batch with the broker's clock: sets the type bit and the max timestamp, which then counts for every record.
    /// </summary>
    public static void SetLogAppendTime(Span<byte> batch, long timestampMs) =>
        SetTimestamp(batch, TimestampType.LogAppendTime, timestampMs);

    /// <summary>
    /// Writes the max timestamp found in the records and clears a LogAppendTime bit that a producer may have set. Free when the
    /// header was right already, which is the rule. As in Kafka, attribute bits that are not a producer's are cleared with it.
    /// </summary>
    public static void SetMaxTimestamp(Span<byte> batch, long timestampMs) => SetTimestamp(batch, TimestampType.CreateTime, timestampMs);

    /// <summary>
    /// Turns a copy of a batch's header into a batch without records, as compaction keeps it for its producer's sequence: no codec,
    /// no horizon, base timestamp -1; the max timestamp stays.
    /// </summary>
    public static void MakeEmpty(Span<byte> header)
    {
        var attributes = new RecordBatchView(header).Attributes.With(CompressionCodec.None).WithDeleteHorizon(false);
        const int length = RecordBatchLayout.HeaderSize - RecordBatchLayout.LogOverhead;
        BinaryPrimitives.WriteInt32BigEndian(header[RecordBatchLayout.BatchLength..], length);
        BinaryPrimitives.WriteInt16BigEndian(header[RecordBatchLayout.Attributes..], attributes.Bits);
        BinaryPrimitives.WriteInt64BigEndian(header[RecordBatchLayout.BaseTimestamp..], RecordBatchLayout.NoTimestamp);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordBatchLayout.RecordCount..], 0);
        UpdateCrc(header);
    }

    /// <summary>Recomputes the CRC after a change of the covered bytes.</summary>
    public static void UpdateCrc(Span<byte> batch) =>
        BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatchLayout.Crc..], new RecordBatchView(batch).ComputeCrc());

    private static void SetTimestamp(Span<byte> batch, TimestampType type, long timestampMs)
    {
        var view = new RecordBatchView(batch);
        if (view.Attributes.TimestampType == type && view.MaxTimestamp == timestampMs) return;
        var attributes = new BatchAttributes((short)(view.Attributes.Bits & BatchAttributes.ProducerBits)).With(type);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], attributes.Bits);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..], timestampMs);
        UpdateCrc(batch);
    }
}
