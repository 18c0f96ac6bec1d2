namespace ActorBroker.Protocol.Records;

/// <summary>What is wrong with the structure of a record; <see cref="None"/> when nothing is.</summary>
public enum RecordFault : byte
{
    None = 0,

    /// <summary>The record's length is not a number: it runs on past its last possible byte.</summary>
    BadLengthVarint,

    /// <summary>The section ends before the record does.</summary>
    Truncated,

    /// <summary>A field does not fit into the record, or a number in it is malformed.</summary>
    BadStructure,

    /// <summary>The fields end before or after the record's length.</summary>
    BadLength,
    BadHeaderCount,
    NullHeaderKey,

    /// <summary>More bytes follow than the batch counts records.</summary>
    BytesRemaining,
}
