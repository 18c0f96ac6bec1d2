using ActorBroker.Protocol.Records;

namespace ActorBroker.Server.Cli.Client;

/// <summary>One record in the bytes that it was fetched in.</summary>
internal readonly ref struct RecordSlice
{
    public required TopicPartition At { get; init; }
    public required long Offset { get; init; }

    /// <summary>-1: none.</summary>
    public required long TimestampMs { get; init; }

    public required NullableBytes Key { get; init; }
    public required NullableBytes Value { get; init; }
    public required RecordHeaders Headers { get; init; }
    public required int HeaderCount { get; init; }
}

/// <summary>Takes a record; false ends the walk.</summary>
internal delegate bool RecordVisitor(scoped in RecordSlice record);
