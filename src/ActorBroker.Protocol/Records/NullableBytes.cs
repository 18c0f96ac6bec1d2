namespace ActorBroker.Protocol.Records;

/// <summary>A key or value that may be null, which is not the same as empty. Converts from spans and (null) arrays.</summary>
public readonly ref struct NullableBytes
{
    private readonly bool _hasValue;

    public NullableBytes(ReadOnlySpan<byte> value)
    {
        Value = value;
        _hasValue = true;
    }

    public static NullableBytes Null => default;

    public bool IsNull => !_hasValue;

    /// <summary>Empty when null.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The length as records write it: -1 for null.</summary>
    public int LengthOrMinusOne => _hasValue ? Value.Length : -1;

    public static implicit operator NullableBytes(ReadOnlySpan<byte> value) => new(value);

    public static implicit operator NullableBytes(byte[]? value) => value is null ? default : new NullableBytes(value);
}
