namespace ActorBroker.Protocol.Records;

/// <summary>One header of a record, in the bytes it was read from.</summary>
public readonly ref struct RecordHeader(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull)
{
    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; } = key;

    /// <summary>Empty when null.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    public bool ValueIsNull { get; } = valueIsNull;
}
