using ActorBroker.Protocol.Records;

namespace ActorBroker.Server.Cli.Text;

/// <summary>A record as it was read from the input; partition and timestamp null when the input says nothing of them.</summary>
internal sealed record InputRecord(byte[]? Key, byte[]? Value, RecordHeaderValue[] Headers)
{
    public int? Partition { get; init; }
    public long? TimestampMs { get; init; }
}
