using System.Buffers.Binary;
using System.Text;

namespace Akka.Remote.Serialization;

/// <summary>Reads what <see cref="WireWriter"/> wrote. Every length is checked against what is there before it is used.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly int Left => _left.Length;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new WireFormatException($"{other} is no truth value"),
    };

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>A number from 0 to int.MaxValue.</summary>
    public int Count()
    {
        ulong value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value <= int.MaxValue ? (int)value : throw new WireFormatException($"{value} is out of range");
        }
        throw new WireFormatException("A number is too long");
    }

    /// <summary>The number of things of at least one byte each that follow.</summary>
    public int Items()
    {
        var count = Count();
        return count <= _left.Length ? count : throw new WireFormatException($"{count} items in {_left.Length} bytes");
    }

    public string Text() => Encoding.UTF8.GetString(Take(Count()));

    public string? OptionalText() => Bool() ? Text() : null;

    public ReadOnlySpan<byte> Block() => Take(Count());

    public ReadOnlySpan<byte> Rest() => Take(_left.Length);

    public readonly void End()
    {
        if (_left.Length > 0)
            throw new WireFormatException($"{_left.Length} bytes too many");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _left.Length)
            throw new WireFormatException($"{count} bytes wanted, {_left.Length} left");
        var taken = _left[..count];
        _left = _left[count..];
        return taken;
    }
}
