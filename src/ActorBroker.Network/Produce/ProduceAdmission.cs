using System.Buffers.Binary;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Network.Produce;

/// <summary>
/// Decides whether the records of one partition may be appended, and makes them ready for it: validated, with the true max timestamp in the
/// header, in the codec that the topic wants. All of it on the connection's thread, so that the partition only assigns offsets and writes.
/// </summary>
internal static class ProduceAdmission
{
    private const short FirstWithZstd = 7;

    /// <summary>False when the batch is refused; the entry's result then says why.</summary>
    public static bool TryAdmit(ProduceOperation operation, ProduceAppend append, BufferPool pool, long nowMs)
    {
        var settings = append.Target!.Settings;
        if (append.RecordsLength < 0) return Refuse(append, ErrorCode.InvalidRecord);
        var records = operation.Frame.Buffer.Span(append.RecordsStart, append.RecordsLength);
        if (operation.Version < FirstWithZstd && HasCodec(records, CompressionCodec.Zstd))
            return Refuse(append, ErrorCode.UnsupportedCompressionType);

        var error = BatchValidator.Validate(records, Rules(append, settings, nowMs), out append.Facts);
        if (error is not null)
        {
            Refuse(append, error.Code, error.Message);
            if (error.Records.Count > 0) append.RecordFailures = error.Records;
            if (!error.IsOfTheLog) return false;
            append.Result = append.Result with { LogStartOffset = append.Target.View.LogStartOffset };
            return false;
        }

        if (append.Facts.IsTransactional) return Refuse(append, ErrorCode.InvalidProducerIdMapping);
        append.Buffer = operation.Frame.Buffer;
        append.Start = append.RecordsStart;
        append.Length = append.Facts.SizeInBytes;
        append.Acks = operation.Acks;
        append.TimeoutMs = operation.TimeoutMs;
        append.ExpectedLeaderEpoch = -1;
        append.IsInternal = false;
        if (settings.Compression is { } codec && codec != append.Facts.Codec) return TryRecompress(append, settings, codec, pool);
        if (append.Facts.NeedsTimestampPatch && settings.TimestampType == TimestampType.CreateTime)
            RecordBatchPatch.SetMaxTimestamp(records[..append.Length], append.Facts.MaxTimestamp);
        return true;
    }

    /// <summary>Whether the first batch claims to be transactional, before anything of it was validated.</summary>
    public static bool IsTransactional(ProduceOperation operation, ProduceAppend append)
    {
        if (append.RecordsLength < RecordBatchLayout.HeaderSize) return false;
        var records = operation.Frame.Buffer.Span(append.RecordsStart, append.RecordsLength);
        return records[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic && AttributesOf(records).IsTransactional;
    }

    private static BatchRules Rules(ProduceAppend append, PartitionSettings settings, long nowMs) => new()
    {
        Topic = append.Target!.Topic,
        Partition = append.PartitionIndex,
        MaxMessageBytes = settings.MaxMessageBytes,
        SegmentBytes = settings.SegmentBytes,
        TimestampType = settings.TimestampType,
        NowMs = nowMs,
        TimestampBeforeMaxMs = settings.TimestampBeforeMaxMs,
        TimestampAfterMaxMs = settings.TimestampAfterMaxMs,
        IsCompacted = settings.IsCompacted,
        WalkRecords = settings.ValidateRecords,
    };

    /// <summary>
    /// The topic stores with a codec of its own (R11): the batch is rewritten into a buffer of its own and its size checked again.
    /// </summary>
    private static bool TryRecompress(ProduceAppend append, PartitionSettings settings, CompressionCodec codec, BufferPool pool)
    {
        using var rewritten = new PooledBytes(append.Length);
        var level = codec switch
        {
            CompressionCodec.Gzip => settings.GzipLevel,
            CompressionCodec.Lz4 => settings.Lz4Level,
            CompressionCodec.Zstd => settings.ZstdLevel,
            _ => 0,
        };
        try
        {
            RecordBatchRewriter.Recompress(append.Buffer.Span(append.Start, append.Length), codec, level, null, rewritten);
        }
        catch (WireFormatException)
        {
            return Refuse(append, ErrorCode.InvalidRecord);
        }
        catch (UnsupportedCodecException)
        {
            return Refuse(append, ErrorCode.UnsupportedCompressionType);
        }

        if (rewritten.Length > settings.MaxMessageBytes) return Refuse(append, ErrorCode.MessageTooLarge);
        if (rewritten.Length > settings.SegmentBytes) return Refuse(append, ErrorCode.RecordListTooLarge);
        append.Buffer = pool.Rent(rewritten.Length);
        append.OwnsBuffer = true;
        append.Start = 0;
        append.Length = rewritten.Length;
        rewritten.Span.CopyTo(append.Buffer.Array);
        var view = new RecordBatchView(append.Buffer.Span(0, append.Length));
        append.Facts = append.Facts with
        {
            SizeInBytes = view.SizeInBytes,
            BaseTimestamp = view.BaseTimestamp,
            MaxTimestamp = view.MaxTimestamp,
            Attributes = view.Attributes,
            NeedsTimestampPatch = false,
        };
        return true;
    }

    private static bool HasCodec(ReadOnlySpan<byte> records, CompressionCodec codec) =>
        records.Length >= RecordBatchLayout.HeaderSize && records[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic
        && AttributesOf(records).Codec == codec;

    private static BatchAttributes AttributesOf(ReadOnlySpan<byte> records) =>
        new(BinaryPrimitives.ReadInt16BigEndian(records[RecordBatchLayout.Attributes..]));

    private static bool Refuse(ProduceAppend append, ErrorCode code, string? message = null)
    {
        append.Result = AppendResult.Failed(code, message);
        return false;
    }
}
