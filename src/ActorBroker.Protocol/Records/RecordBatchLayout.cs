namespace ActorBroker.Protocol.Records;

/// <summary>
/// Where the fields of a record batch of magic 2 stand (KIP-98). All integers are big-endian. <c>batchLength</c> counts what follows
/// it, so a batch occupies <see cref="LogOverhead"/> + batchLength bytes. The CRC-32C covers everything from the attributes to the
/// end: base offset, length, leader epoch and magic can be patched without touching it.
/// </summary>
public static class RecordBatchLayout
{
    public const int BaseOffset = 0;
    public const int BatchLength = 8;
    public const int PartitionLeaderEpoch = 12;
    public const int Magic = 16;
    public const int Crc = 17;
    public const int Attributes = 21;
    public const int LastOffsetDelta = 23;
    public const int BaseTimestamp = 27;
    public const int MaxTimestamp = 35;
    public const int ProducerId = 43;
    public const int ProducerEpoch = 51;
    public const int BaseSequence = 53;
    public const int RecordCount = 57;
    public const int Records = 61;

    /// <summary>The whole header, up to the first record's length.</summary>
    public const int HeaderSize = Records;

    /// <summary>Base offset and length: the part of every magic that <c>batchLength</c> does not count.</summary>
    public const int LogOverhead = 12;

    /// <summary>Bytes that must be there to tell size and magic of whatever batch stands here.</summary>
    public const int MagicEnd = Magic + 1;

    /// <summary>The smallest batchLength any format ever had (a v0 message without key and value): shorter is corrupt.</summary>
    public const int MinLegacyLength = 14;

    public const byte CurrentMagic = 2;
    public const long NoProducerId = -1;
    public const short NoProducerEpoch = -1;
    public const int NoSequence = -1;
    public const long NoTimestamp = -1;
    public const int NoLeaderEpoch = -1;
}
