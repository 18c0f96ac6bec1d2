using System.Buffers.Binary;
using System.Globalization;
using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// Decides whether what a client produces to one partition may be appended, in the order in which Kafka 4.3 decides and with its codes
/// and texts, so that the first of several faults is the same one.
/// <list type="number">
/// <item>Framing: exactly one whole batch of magic 2. Fewer than 12 bytes behind it, or a batch cut off there, are ignored.</item>
/// <item>Header: base offset 0 (87), size (10), CRC (2), codec (-1, or 76 when its library is missing).</item>
/// <item>Counts, control bit, sequence (87).</item>
/// <item>Records, in one pass without allocation; compressed ones are decompressed through a window. Structure (87), bytes that the
/// codec cannot have written (-1), blow-up beyond the limits (10), key and timestamp rules (87, 32 with the records listed).</item>
/// <item>Size against the segment (18).</item>
/// </list>
/// Stricter than Kafka in one point: a compressed record whose length field does not fit its content is refused (87); Kafka stores it,
/// and no consumer can read it. Whether this request version may carry zstd, and whether a transactional batch is allowed, is the caller's.
/// </summary>
public static class BatchValidator
{
    /// <summary>Null when the batch may be appended; then <paramref name="facts"/> says what the leader needs to know about it.</summary>
    public static RecordError? Validate(ReadOnlySpan<byte> records, in BatchRules rules, out BatchFacts facts)
    {
        facts = default;
        if (CheckFraming(records) is { } framing) return framing;
        return Check(records, in rules, out facts) is { } error
            ? error with { IsOfTheLog = error.Code is not (ErrorCode.CorruptMessage or ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge) }
            : null;
    }

    private static RecordError? Check(ReadOnlySpan<byte> records, in BatchRules rules, out BatchFacts facts)
    {
        facts = default;
        var error = CheckHeader(records, rules);
        if (error is not null) return error;
        var batch = new RecordBatchView(records[..new RecordBatchView(records).SizeInBytes]);
        error = CheckCounts(batch);
        if (error is not null) return error;

        var maxTimestamp = batch.MaxTimestamp;
        var indexOfMax = batch.LastOffsetDelta;
        long uncompressed = batch.Attributes.Codec == CompressionCodec.None ? batch.RecordsSection.Length : 0;
        if (rules.WalkRecords)
        {
            var check = new RecordCheck(batch, in rules);
            error = batch.Attributes.Codec == CompressionCodec.None
                ? PlainRecordWalk.Run(batch, ref check)
                : CompressedRecordWalk.Run(batch, rules.Decompression, ref check, out uncompressed);
            error ??= check.Error;
            if (error is not null) return error;
            maxTimestamp = check.MaxTimestamp;
            indexOfMax = check.IndexOfMaxTimestamp;
        }
        if (batch.SizeInBytes > rules.SegmentBytes)
        {
            return Refuse(ErrorCode.RecordListTooLarge,
                $"a batch of {batch.SizeInBytes} bytes is larger than a segment of {rules.SegmentBytes}");
        }
        facts = new BatchFacts
        {
            SizeInBytes = batch.SizeInBytes,
            RecordCount = batch.RecordCount,
            LastOffsetDelta = batch.LastOffsetDelta,
            BaseTimestamp = batch.BaseTimestamp,
            MaxTimestamp = maxTimestamp,
            OffsetDeltaOfMaxTimestamp = indexOfMax,
            ProducerId = batch.ProducerId,
            ProducerEpoch = batch.ProducerEpoch,
            BaseSequence = batch.BaseSequence,
            Attributes = batch.Attributes,
            UncompressedBytes = uncompressed,
            NeedsTimestampPatch = maxTimestamp != batch.MaxTimestamp || batch.Attributes.TimestampType == TimestampType.LogAppendTime,
        };
        return null;
    }

    internal static RecordError Refuse(ErrorCode code, string detail) => new(code, null, detail, []);

    private static RecordError? CheckFraming(ReadOnlySpan<byte> records)
    {
        var found = TryFrame(records, out var size, out var error);
        if (error is not null) return error;
        if (!found) return Refuse(ErrorCode.InvalidRecord, $"no whole batch in {records.Length} bytes");
        var magic = (sbyte)records[RecordBatchLayout.Magic];
        if (magic != RecordBatchLayout.CurrentMagic) return Refuse(ErrorCode.InvalidRecord, $"magic {magic} is no longer taken");
        found = TryFrame(records[size..], out _, out error);
        if (error is not null) return error with { Message = null };
        return found ? Refuse(ErrorCode.InvalidRecord, "more than one batch for a partition") : null;
    }

    /// <summary>True when a whole batch of any known magic starts here; an error when what starts here can never be one.</summary>
    private static bool TryFrame(ReadOnlySpan<byte> bytes, out int size, out RecordError? error)
    {
        size = 0;
        error = null;
        if (bytes.Length < RecordBatchLayout.LogOverhead) return false;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[RecordBatchLayout.BatchLength..]);
        if (length < RecordBatchLayout.MinLegacyLength)
        {
            error = Corrupt($"Record size {length} is less than the minimum record overhead ({RecordBatchLayout.MinLegacyLength})");
            return false;
        }
        if (bytes.Length < RecordBatchLayout.MagicEnd) return false;
        var magic = (sbyte)bytes[RecordBatchLayout.Magic];
        if (magic is < 0 or > (sbyte)RecordBatchLayout.CurrentMagic)
        {
            error = Corrupt($"Invalid magic found in record: {magic}");
            return false;
        }
        if (length > bytes.Length - RecordBatchLayout.LogOverhead) return false;
        size = length + RecordBatchLayout.LogOverhead;
        return true;
    }

    private static RecordError? CheckHeader(ReadOnlySpan<byte> records, in BatchRules rules)
    {
        var batch = new RecordBatchView(records);
        if (batch.BaseOffset != 0) return Refuse(ErrorCode.InvalidRecord, $"base offset {batch.BaseOffset} instead of 0");
        if (batch.SizeInBytes > rules.MaxMessageBytes)
        {
            return Refuse(ErrorCode.MessageTooLarge, $"a batch of {batch.SizeInBytes} bytes where {rules.MaxMessageBytes} are allowed");
        }
        if (!batch.IsCrcValid) return Refuse(ErrorCode.CorruptMessage, CrcText(batch));
        if (!batch.Attributes.IsKnownCodec)
            return Refuse(ErrorCode.UnknownServerError, $"unknown codec {(int)batch.Attributes.Codec}");
        return RecordCompression.IsAvailable(batch.Attributes.Codec)
            ? null
            : Refuse(ErrorCode.UnsupportedCompressionType, $"no library for {batch.Attributes.Codec} on this machine");
    }

    private static RecordError? CheckCounts(RecordBatchView batch)
    {
        var range = batch.LastOffsetDelta + 1L;
        if (range <= 0) return Refuse(ErrorCode.InvalidRecord, $"last offset delta {batch.LastOffsetDelta}");
        if (batch.RecordCount <= 0) return Refuse(ErrorCode.InvalidRecord, $"record count {batch.RecordCount}");
        if (range != batch.RecordCount)
        {
            return Refuse(ErrorCode.InvalidRecord,
                $"record count {batch.RecordCount} does not fit last offset delta {batch.LastOffsetDelta}");
        }
        if (batch.Attributes.IsControl) return Refuse(ErrorCode.InvalidRecord, "clients may not write control records");
        return batch.HasProducerId && batch.BaseSequence < 0
            ? Refuse(ErrorCode.InvalidRecord, $"sequence {batch.BaseSequence} with producer id {batch.ProducerId}")
            : null;
    }

    private static string CrcText(RecordBatchView batch) => batch.IsComplete
        ? string.Create(CultureInfo.InvariantCulture, $"stored crc = {batch.Crc}, computed crc = {batch.ComputeCrc()}")
        : $"a batch of {batch.SizeInBytes} bytes is smaller than its header";

    private static RecordError Corrupt(string message) => new(ErrorCode.CorruptMessage, message, message, []);
}
