using System.Buffers.Binary;
using System.Text;
using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// Builds one batch of magic 2. Records are encoded as they come into a pooled buffer behind a hole for the header; <see cref="Build"/>
/// compresses them if asked to and fills the hole. Deltas count from the first record's timestamp, or from the delete horizon.
/// Reusable by <see cref="Reset"/>; not thread-safe.
/// </summary>
public sealed class RecordBatchBuilder : IDisposable
{
    private const int MaxRecordOverhead = 1 + (2 * Varint.MaxLongBytes) + (4 * Varint.MaxIntBytes);

    private readonly PooledBytes _plain;
    private PooledBytes? _compressed;
    private RecordBatchOptions _options;
    private long _baseTimestamp;
    private long _maxTimestamp;

    public RecordBatchBuilder(in RecordBatchOptions options, int capacity = 1024)
    {
        _plain = new PooledBytes(capacity + RecordBatchLayout.HeaderSize);
        Reset(options);
    }

    public int Count { get; private set; }

    /// <summary>Offset delta of the last record, -1 before the first.</summary>
    public int LastOffsetDelta { get; private set; }

    /// <summary>Largest timestamp so far, -1 before the first record.</summary>
    public long MaxTimestamp => _maxTimestamp;

    /// <summary>Size of the batch if it is not compressed.</summary>
    public int UncompressedSize => _plain.Length;

    /// <summary>Forgets all records and starts another batch in the same buffers.</summary>
    public void Reset(in RecordBatchOptions options)
    {
        _options = options;
        _plain.Clear();
        _plain.SetLength(RecordBatchLayout.HeaderSize);
        _baseTimestamp = options.DeleteHorizonMs ?? RecordBatchLayout.NoTimestamp;
        _maxTimestamp = RecordBatchLayout.NoTimestamp;
        Count = 0;
        LastOffsetDelta = -1;
    }

    /// <summary>Appends at the next offset.</summary>
    public void Append(long timestampMs, NullableBytes key, NullableBytes value, ReadOnlySpan<RecordHeaderValue> headers = default)
    {
        var size = 0;
        foreach (var header in headers)
            size += (2 * Varint.MaxIntBytes) + Encoding.UTF8.GetByteCount(header.Key) + (header.Value?.Length ?? 0);
        if (size == 0)
        {
            AppendAt(LastOffsetDelta + 1, timestampMs, key, value);
            return;
        }
        using var encoded = new PooledBytes(size);
        var span = encoded.GetSpan(size);
        var at = 0;
        foreach (var header in headers)
        {
            Varint.Write(span, ref at, Encoding.UTF8.GetByteCount(header.Key));
            at += Encoding.UTF8.GetBytes(header.Key, span[at..]);
            Varint.Write(span, ref at, header.Value?.Length ?? -1);
            header.Value?.CopyTo(span[at..]);
            at += header.Value?.Length ?? 0;
        }
        AppendAt(LastOffsetDelta + 1, timestampMs, key, value, span[..at], headers.Length);
    }

    /// <summary>
    /// Appends at a given offset delta, with headers as they stand in a record. Deltas rise, except where an odd client's did not and its
    /// records are rewritten.
    /// </summary>
    public void AppendAt(int offsetDelta, long timestampMs, NullableBytes key, NullableBytes value,
        ReadOnlySpan<byte> encodedHeaders = default, int headerCount = 0)
    {
        if (Count == 0 && _options.DeleteHorizonMs is null) _baseTimestamp = timestampMs;
        var timestampDelta = timestampMs - _baseTimestamp;
        var body = 1 + Varint.SizeOf(timestampDelta) + Varint.SizeOf(offsetDelta) + Varint.SizeOf(key.LengthOrMinusOne) + key.Value.Length +
            Varint.SizeOf(value.LengthOrMinusOne) + value.Value.Length + Varint.SizeOf(headerCount) + encodedHeaders.Length;
        var span = _plain.GetSpan(body + MaxRecordOverhead);
        var at = 0;
        Varint.Write(span, ref at, body);
        span[at++] = 0;
        Varint.Write(span, ref at, timestampDelta);
        Varint.Write(span, ref at, offsetDelta);
        Put(span, ref at, key);
        Put(span, ref at, value);
        Varint.Write(span, ref at, headerCount);
        encodedHeaders.CopyTo(span[at..]);
        _plain.Advance(at + encodedHeaders.Length);
        Count++;
        LastOffsetDelta = Math.Max(LastOffsetDelta, offsetDelta);
        _maxTimestamp = Math.Max(_maxTimestamp, timestampMs);
    }

    /// <summary>
    /// The finished batch, valid until the next call of any method. <paramref name="lastOffsetDelta"/> is given where the batch spans
    /// more offsets than it has records (compaction). A batch without records has no codec and no base timestamp.
    /// </summary>
    /// <exception cref="UnsupportedCodecException">The codec's library is not on this machine.</exception>
    public Memory<byte> Build(int? lastOffsetDelta = null)
    {
        var codec = Count == 0 ? CompressionCodec.None : _options.Codec;
        var batch = _plain;
        if (codec != CompressionCodec.None)
        {
            batch = _compressed ??= new PooledBytes(_plain.Length);
            batch.Clear();
            batch.SetLength(RecordBatchLayout.HeaderSize);
            var level = _options.CompressionLevel ?? CompressionLevels.Default(codec);
            RecordCompression.Compress(codec, level, _plain.Span[RecordBatchLayout.HeaderSize..], batch);
        }
        WriteHeader(batch.Span, codec, lastOffsetDelta ?? LastOffsetDelta);
        return batch.Memory;
    }

    public void Dispose()
    {
        _plain.Dispose();
        _compressed?.Dispose();
    }

    private static void Put(Span<byte> span, ref int at, NullableBytes bytes)
    {
        Varint.Write(span, ref at, bytes.LengthOrMinusOne);
        bytes.Value.CopyTo(span[at..]);
        at += bytes.Value.Length;
    }

    private void WriteHeader(Span<byte> batch, CompressionCodec codec, int lastOffsetDelta)
    {
        var horizon = Count > 0 && _options.DeleteHorizonMs is not null;
        var attributes = default(BatchAttributes).With(codec).WithTransactional(_options.IsTransactional).WithControl(_options.IsControl)
            .With(_options.LogAppendTimeMs is null ? TimestampType.CreateTime : TimestampType.LogAppendTime).WithDeleteHorizon(horizon);
        BinaryPrimitives.WriteInt64BigEndian(batch, _options.BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.BatchLength..], batch.Length - RecordBatchLayout.LogOverhead);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], _options.LeaderEpoch);
        batch[RecordBatchLayout.Magic] = RecordBatchLayout.CurrentMagic;
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], attributes.Bits);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.LastOffsetDelta..], lastOffsetDelta);
        var baseTimestamp = Count == 0 ? RecordBatchLayout.NoTimestamp : _baseTimestamp;
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseTimestamp..], baseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..], _options.LogAppendTimeMs ?? _maxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.ProducerId..], _options.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.ProducerEpoch..], _options.ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.BaseSequence..], _options.BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.RecordCount..], Count);
        RecordBatchPatch.UpdateCrc(batch);
    }
}
