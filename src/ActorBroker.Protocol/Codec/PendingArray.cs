namespace ActorBroker.Protocol.Codec;

/// <summary>An array that was checked but not decoded yet, with its own copy of the bytes: the frame may go back to its pool.</summary>
internal sealed class PendingArray(ReadOnlyMemory<byte> bytes, int count, short version, bool compact)
{
    /// <summary>Stands for null where a missing list means empty.</summary>
    public static readonly PendingArray Null = new(default, 0, 0, false);

    public int Count { get; } = count;

    public short Version { get; } = version;

    public bool Compact { get; } = compact;

    public WireReader Open() => WireReader.OverChecked(bytes);
}
