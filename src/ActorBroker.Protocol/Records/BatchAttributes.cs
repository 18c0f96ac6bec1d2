using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// The attributes of a batch (int16): bits 0–2 codec, 3 timestamp type, 4 transactional, 5 control, 6 delete horizon (KIP-534; then
/// the base timestamp field holds the horizon). The rest is unused and kept as it came.
/// </summary>
public readonly record struct BatchAttributes(short Bits)
{
    public const short CodecMask = 0x07;
    public const short TimestampTypeBit = 0x08;
    public const short TransactionalBit = 0x10;
    public const short ControlBit = 0x20;
    public const short DeleteHorizonBit = 0x40;

    /// <summary>What a producer may say: codec, timestamp type, transactional, control.</summary>
    public const short ProducerBits = 0x3F;

    public CompressionCodec Codec => (CompressionCodec)(Bits & CodecMask);

    /// <summary>False for the unassigned codecs 5–7.</summary>
    public bool IsKnownCodec => (Bits & CodecMask) <= (short)CompressionCodec.Zstd;

    public TimestampType TimestampType => (Bits & TimestampTypeBit) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;
    public bool IsTransactional => (Bits & TransactionalBit) != 0;
    public bool IsControl => (Bits & ControlBit) != 0;
    public bool HasDeleteHorizon => (Bits & DeleteHorizonBit) != 0;

    public BatchAttributes With(CompressionCodec codec) => new((short)((Bits & ~CodecMask) | (byte)codec));

    public BatchAttributes With(TimestampType type) => Set(TimestampTypeBit, type == TimestampType.LogAppendTime);

    public BatchAttributes WithTransactional(bool on) => Set(TransactionalBit, on);

    public BatchAttributes WithControl(bool on) => Set(ControlBit, on);

    public BatchAttributes WithDeleteHorizon(bool on) => Set(DeleteHorizonBit, on);

    private BatchAttributes Set(short bit, bool on) => new((short)(on ? Bits | bit : Bits & ~bit));
}
