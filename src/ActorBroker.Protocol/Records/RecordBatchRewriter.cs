using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// Rewrites batches that are in the log or on their way there.
/// <para><b>Compaction</b> (<see cref="Retain"/>) keeps a subset of the records with their offsets. Base and last offset, sequence,
/// producer, leader epoch and codec stay, because producer state is rebuilt from them; the base timestamp becomes that of the first
/// record kept (or the delete horizon, KIP-534), the max timestamp that of the records kept (LogAppendTime: stays).
/// A batch that loses everything can be kept as a header without records (<see cref="WriteEmpty"/>).</para>
/// <para><b>Re-compression</b> (<see cref="Recompress"/>) is for topics whose <c>compression.type</c> is not the producer's: same
/// records, offsets 0, 1, 2 …, a fresh header.</para>
/// </summary>
public static class RecordBatchRewriter
{
    /// <summary>
    /// Appends to <paramref name="destination"/> the batch without the records that the filter drops; nothing when none is left.
    /// A batch that keeps all records and gets no new horizon is copied as it is.
    /// </summary>
    /// <param name="deleteHorizonMs">Set: the horizon for a batch that has none yet, keeps a record and has a tombstone among what it
    /// keeps or is a control batch.</param>
    /// <exception cref="WireFormatException">The records are corrupt.</exception>
    public static RewriteResult Retain<TFilter>(
        ReadOnlySpan<byte> batch, ref TFilter filter, long? deleteHorizonMs, PooledBytes destination)
        where TFilter : IRecordFilter, allows ref struct
    {
        var view = new RecordBatchView(batch);
        if (view.RecordCount == 0) return new RewriteResult(0, 0, 0, RecordBatchLayout.NoTimestamp);
        using var section = RecordCompression.Decompress(view.Attributes.Codec, view.RecordsSection, new DecompressionLimits());
        using var marks = new PooledBytes();
        var (kept, tombstones) = Mark(view, section.Span, ref filter, marks);
        if (kept == 0) return new RewriteResult(0, view.RecordCount, 0, RecordBatchLayout.NoTimestamp);
        var newHorizon = deleteHorizonMs is not null && !view.Attributes.HasDeleteHorizon && (tombstones || view.Attributes.IsControl);
        if (kept == view.RecordCount && !newHorizon)
        {
            destination.Write(view.Bytes);
            return new RewriteResult(view.SizeInBytes, kept, kept, view.MaxTimestamp);
        }
        using var builder = new RecordBatchBuilder(Options(view, newHorizon ? deleteHorizonMs : null), section.Length);
        var records = new RecordReader(section.Span, view.RecordCount);
        for (var i = 0; records.MoveNext(); i++)
        {
            if (marks.Span[i] != 0) Copy(records, records.OffsetDelta, view.BaseTimestamp + records.TimestampDelta, builder);
        }
        var built = builder.Build(view.LastOffsetDelta);
        destination.Write(built.Span);
        return new RewriteResult(built.Length, view.RecordCount, kept, new RecordBatchView(built.Span).MaxTimestamp);
    }

    /// <summary>Appends the batch's header without its records: 61 bytes that keep its offsets, sequence and max timestamp.</summary>
    public static void WriteEmpty(ReadOnlySpan<byte> batch, PooledBytes destination)
    {
        var view = new RecordBatchView(batch);
        var header = destination.GetSpan(RecordBatchLayout.HeaderSize)[..RecordBatchLayout.HeaderSize];
        view.Bytes[..RecordBatchLayout.HeaderSize].CopyTo(header);
        RecordBatchPatch.MakeEmpty(header);
        destination.Advance(RecordBatchLayout.HeaderSize);
    }

    /// <summary>Appends the batch with its records in another codec, offsets from 0 on and the header that a leader would write.</summary>
    /// <param name="logAppendTimeMs">Set on a topic with LogAppendTime.</param>
    /// <exception cref="WireFormatException">The records are corrupt.</exception>
    public static void Recompress(
        ReadOnlySpan<byte> batch, CompressionCodec codec, int level, long? logAppendTimeMs, PooledBytes destination)
    {
        var view = new RecordBatchView(batch);
        using var section = RecordCompression.Decompress(view.Attributes.Codec, view.RecordsSection, new DecompressionLimits());
        using var builder = new RecordBatchBuilder(
            new RecordBatchOptions
            {
                LeaderEpoch = view.PartitionLeaderEpoch,
                Codec = codec,
                CompressionLevel = level,
                LogAppendTimeMs = logAppendTimeMs,
                ProducerId = view.ProducerId,
                ProducerEpoch = view.ProducerEpoch,
                BaseSequence = view.BaseSequence,
                IsTransactional = view.Attributes.IsTransactional,
                IsControl = view.Attributes.IsControl,
            },
            section.Length);
        var stamped = view.Attributes.TimestampType == TimestampType.LogAppendTime;
        var records = new RecordReader(section.Span, view.RecordCount);
        while (records.MoveNext())
        {
            var timestamp = stamped ? view.MaxTimestamp : view.BaseTimestamp + records.TimestampDelta;
            Copy(records, builder.Count, timestamp, builder);
        }
        destination.Write(builder.Build().Span);
    }

    /// <summary>Asks the filter once per record, since it may remember; a byte per record says what it answered.</summary>
    private static (int Kept, bool Tombstones) Mark<TFilter>(
        RecordBatchView view, ReadOnlySpan<byte> section, ref TFilter filter, PooledBytes marks)
        where TFilter : IRecordFilter, allows ref struct
    {
        var kept = 0;
        var tombstones = false;
        var records = new RecordReader(section, view.RecordCount);
        while (records.MoveNext())
        {
            var keep = filter.Keep(in records, view.BaseOffset + records.OffsetDelta);
            marks.GetSpan(1)[0] = keep ? (byte)1 : (byte)0;
            marks.Advance(1);
            if (!keep) continue;
            kept++;
            tombstones |= records.ValueIsNull;
        }
        return (kept, tombstones);
    }

    private static RecordBatchOptions Options(RecordBatchView view, long? newHorizonMs) => new()
    {
        BaseOffset = view.BaseOffset,
        LeaderEpoch = view.PartitionLeaderEpoch,
        Codec = view.Attributes.Codec,
        LogAppendTimeMs = view.Attributes.TimestampType == TimestampType.LogAppendTime ? view.MaxTimestamp : null,
        ProducerId = view.ProducerId,
        ProducerEpoch = view.ProducerEpoch,
        BaseSequence = view.BaseSequence,
        IsTransactional = view.Attributes.IsTransactional,
        IsControl = view.Attributes.IsControl,
        DeleteHorizonMs = view.Attributes.HasDeleteHorizon ? view.BaseTimestamp : newHorizonMs,
    };

    private static void Copy(in RecordReader record, int offsetDelta, long timestampMs, RecordBatchBuilder builder)
    {
        var key = record.KeyIsNull ? NullableBytes.Null : record.Key;
        var value = record.ValueIsNull ? NullableBytes.Null : record.Value;
        builder.AppendAt(offsetDelta, timestampMs, key, value, record.Headers.Bytes, record.HeaderCount);
    }
}
