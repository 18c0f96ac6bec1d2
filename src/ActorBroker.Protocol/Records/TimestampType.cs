namespace ActorBroker.Protocol.Records;

/// <summary>Whose clock a batch's timestamps come from: bit 3 of the batch attributes.</summary>
public enum TimestampType : byte
{
    /// <summary>The producer's: base timestamp plus each record's delta.</summary>
    CreateTime = 0,

    /// <summary>The broker's: the batch's max timestamp counts for every record in it.</summary>
    LogAppendTime = 1,
}
