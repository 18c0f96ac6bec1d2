namespace ActorBroker.Protocol.Records;

/// <summary>What validation found in a record batch, so that nobody has to parse it again.</summary>
public struct BatchFacts
{
    public int SizeInBytes;
    public int RecordCount;
    public int LastOffsetDelta;
    public short Attributes;
    public long BaseTimestamp;
    public long MaxTimestamp;
    public int OffsetDeltaOfMaxTimestamp;
    public long ProducerId;
    public short ProducerEpoch;
    public int BaseSequence;
}
