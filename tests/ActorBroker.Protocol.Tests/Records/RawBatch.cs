using System.Buffers.Binary;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

/// <summary>A batch whose every field can lie; <see cref="ToBytes"/> fixes the CRC unless that shall lie too.</summary>
internal sealed record RawBatch
{
    public const long NowMs = 1_700_000_000_000;

    public List<byte[]> Records { get; init; } = [RawRecord.Simple()];
    public byte[]? Section { get; init; }
    public int? Count { get; init; }
    public int? LastOffsetDelta { get; init; }
    public int Attributes { get; init; }
    public long BaseOffset { get; init; }
    public long BaseTimestamp { get; init; } = NowMs;
    public long? MaxTimestamp { get; init; }
    public long ProducerId { get; init; } = -1;
    public short ProducerEpoch { get; init; } = -1;
    public int BaseSequence { get; init; } = -1;
    public int Magic { get; init; } = 2;
    public int? Length { get; init; }
    public uint? Crc { get; init; }

    public byte[] ToBytes()
    {
        var section = Section ?? Pack((CompressionCodec)(Attributes & 7), RawRecord.Join(Records));
        var batch = new byte[RecordBatchLayout.HeaderSize + section.Length];
        var span = batch.AsSpan();
        BinaryPrimitives.WriteInt64BigEndian(span, BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(span[8..], batch.Length - 12);
        BinaryPrimitives.WriteInt32BigEndian(span[12..], -1);
        batch[16] = (byte)Magic;
        BinaryPrimitives.WriteInt16BigEndian(span[21..], (short)Attributes);
        BinaryPrimitives.WriteInt32BigEndian(span[23..], LastOffsetDelta ?? Records.Count - 1);
        BinaryPrimitives.WriteInt64BigEndian(span[27..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[35..], MaxTimestamp ?? BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[43..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(span[51..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(span[53..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(span[57..], Count ?? Records.Count);
        section.CopyTo(span[61..]);
        BinaryPrimitives.WriteUInt32BigEndian(span[17..], Crc ?? Crc32C.ComputeTable(span[21..]));
        BinaryPrimitives.WriteInt32BigEndian(span[8..], Length ?? batch.Length - 12);
        return batch;
    }

    public static byte[] Pack(CompressionCodec codec, byte[] plain)
    {
        if (!RecordCompression.IsAvailable(codec)) return plain;
        using var packed = new PooledBytes();
        RecordCompression.Compress(codec, CompressionLevels.Default(codec), plain, packed);
        return packed.ToArray();
    }
}
