using System.Buffers.Binary;

namespace ActorBroker.Server.Cli.Bench;

/// <summary>Values of a run: letters that compress about as well as text does, behind 16 bytes of run id and due time where there is
/// room.</summary>
internal sealed class Payload
{
    public const int StampBytes = 16;
    private readonly byte[] _template;
    private readonly long _run = Random.Shared.NextInt64();

    public Payload(int size)
    {
        _template = new byte[size];
        for (var i = 0; i < size; i++) _template[i] = (byte)("etaoin shrdlu cmf"[Random.Shared.Next(17)]);
    }

    /// <summary>A new array each time: batches are built while the next value is made.</summary>
    public byte[] Make(long dueTicks)
    {
        if (_template.Length < StampBytes) return _template;
        var value = GC.AllocateUninitializedArray<byte>(_template.Length);
        _template.CopyTo(value, 0);
        BinaryPrimitives.WriteInt64BigEndian(value, _run);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(8), dueTicks);
        return value;
    }

    /// <summary>The due time in a value of this run.</summary>
    public bool TryRead(ReadOnlySpan<byte> value, out long dueTicks)
    {
        dueTicks = 0;
        if (value.Length < StampBytes || BinaryPrimitives.ReadInt64BigEndian(value) != _run) return false;
        dueTicks = BinaryPrimitives.ReadInt64BigEndian(value[8..]);
        return true;
    }
}
