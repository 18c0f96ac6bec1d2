namespace ActorBroker.Protocol.Records;

/// <summary>Where a batch's timestamps come from (KIP-32); bit 3 of a batch's attributes.</summary>
public enum TimestampType : byte
{
    CreateTime = 0,
    LogAppendTime = 1,
}
