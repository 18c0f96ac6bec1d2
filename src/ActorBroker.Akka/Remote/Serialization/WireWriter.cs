using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Akka.Remote.Serialization;

/// <summary>
/// Writes the engine's own messages: little-endian numbers, unsigned ones with 7 bits to the byte, texts as UTF-8 behind their
/// length. The array grows; positions stay true, arrays do not.
/// </summary>
internal sealed class WireWriter(int capacity = 128)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public byte[] Array => _bytes;

    public void Reset(int length = 0) => Length = length;

    public byte[] ToArray() => _bytes.AsSpan(0, Length).ToArray();

    public void Byte(byte value)
    {
        Ensure(1);
        _bytes[Length++] = value;
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);
    }

    public void Count(int value)
    {
        Ensure(5);
        var left = (uint)value;
        while (left >= 0x80)
        {
            _bytes[Length++] = (byte)(left | 0x80);
            left >>= 7;
        }
        _bytes[Length++] = (byte)left;
    }

    public void Text(string value)
    {
        var max = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (max < 0x80)
        {
            // The length fits one byte whatever the letters are.
            Ensure(max + 1);
            var written = Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length + 1));
            _bytes[Length] = (byte)written;
            Length += written + 1;
            return;
        }
        Count(Encoding.UTF8.GetByteCount(value));
        Ensure(max);
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
    }

    /// <summary>Null is told from the empty text.</summary>
    public void OptionalText(string? value)
    {
        Bool(value is not null);
        if (value is not null)
            Text(value);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Block(ReadOnlySpan<byte> bytes)
    {
        Count(bytes.Length);
        Raw(bytes);
    }

    /// <summary>Room that is filled in later.</summary>
    public Span<byte> Take(int count)
    {
        Ensure(count);
        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    public Span<byte> At(int position, int count) => _bytes.AsSpan(position, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ensure(int more)
    {
        if (_bytes.Length - Length < more)
            System.Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
    }
}
