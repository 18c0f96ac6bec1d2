using System.Buffers.Binary;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// Reads the header fields of one batch of magic 2 in place. The span must hold at least the header (see <see cref="TryRead"/>);
/// what lies behind the batch is ignored. Nothing is verified beyond that: fields are what the bytes say.
/// </summary>
public readonly ref struct RecordBatchView(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_bytes);
    public int BatchLength => BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordBatchLayout.BatchLength..]);

    /// <summary>Bytes in the log, from the base offset on. Saturates for a hostile length.</summary>
    public int SizeInBytes => (int)Math.Min((long)BatchLength + RecordBatchLayout.LogOverhead, int.MaxValue);

    public int PartitionLeaderEpoch => BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordBatchLayout.PartitionLeaderEpoch..]);
    public sbyte Magic => (sbyte)_bytes[RecordBatchLayout.Magic];
    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RecordBatchLayout.Crc..]);
    public BatchAttributes Attributes => new(BinaryPrimitives.ReadInt16BigEndian(_bytes[RecordBatchLayout.Attributes..]));
    public int LastOffsetDelta => BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordBatchLayout.LastOffsetDelta..]);
    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>What record deltas count from; the delete horizon when that attribute is set.</summary>
    public long BaseTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[RecordBatchLayout.BaseTimestamp..]);

    public long MaxTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[RecordBatchLayout.MaxTimestamp..]);
    public long ProducerId => BinaryPrimitives.ReadInt64BigEndian(_bytes[RecordBatchLayout.ProducerId..]);
    public bool HasProducerId => ProducerId > RecordBatchLayout.NoProducerId;
    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(_bytes[RecordBatchLayout.ProducerEpoch..]);
    public int BaseSequence => BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordBatchLayout.BaseSequence..]);

    /// <summary>Sequence of the batch's last offset; -1 without sequences. Follows Int32.MaxValue with 0.</summary>
    public int LastSequence => Sequences.Last(BaseSequence, LastOffsetDelta);

    public int RecordCount => BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordBatchLayout.RecordCount..]);

    /// <summary>The batch's own bytes, without what follows it.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes[..SizeInBytes];

    /// <summary>The records, compressed as the attributes say.</summary>
    public ReadOnlySpan<byte> RecordsSection => _bytes[RecordBatchLayout.Records..SizeInBytes];

    /// <summary>True when the length field spans at least a header and the span holds the whole batch.</summary>
    public bool IsComplete => BatchLength >= RecordBatchLayout.HeaderSize - RecordBatchLayout.LogOverhead && SizeInBytes <= _bytes.Length;

    public bool IsCrcValid => IsComplete && Crc == ComputeCrc();

    public uint ComputeCrc() => Crc32C.Compute(_bytes[RecordBatchLayout.Attributes..SizeInBytes]);

    /// <summary>A view when a complete batch of magic 2 starts here; its CRC is not looked at.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RecordBatchView view)
    {
        view = new RecordBatchView(bytes);
        return bytes.Length >= RecordBatchLayout.HeaderSize && view.Magic == RecordBatchLayout.CurrentMagic && view.IsComplete;
    }
}
