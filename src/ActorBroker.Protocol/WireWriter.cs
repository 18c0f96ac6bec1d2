using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace ActorBroker.Protocol;

/// <summary>
/// Writes Kafka's primitive types into one growing pooled array. A position stays valid while the writer grows, so a length can be
/// reserved first and patched later. What <see cref="WrittenMemory"/> gives is valid until the next write, <see cref="Clear"/> or
/// <see cref="Dispose"/>; after disposal the array belongs to the pool again.
/// </summary>
public sealed class WireWriter : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer;
    private int _length;

    public WireWriter(int initialCapacity = 256) => _buffer = ArrayPool<byte>.Shared.Rent(initialCapacity);

    public int Length => _length;

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _length), nameof(count));
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(Math.Max(1, sizeHint));
        return _buffer.AsSpan(_length);
    }

    /// <summary>Leaves room for <paramref name="count"/> bytes (zeroed) and gives their position.</summary>
    public int Reserve(int count)
    {
        var at = _length;
        Next(count).Clear();
        return at;
    }

    public void PatchInt32(int position, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position, _length - position), value);

    public void PatchInt16(int position, short value) =>
        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(position, _length - position), value);

    public void WriteInt8(sbyte value) => Next(1)[0] = (byte)value;

    public void WriteBool(bool value) => Next(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Next(2), value);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Next(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Next(4), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Next(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Next(8), value);

    public void WriteError(ErrorCode value) => WriteInt16((short)value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Next(8), value);

    public void WriteUuid(Uuid value) => value.Write(Next(16));

    public void WriteUnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Next(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }
        Next(1)[0] = (byte)value;
    }

    /// <summary>A zig-zag coded 32-bit number.</summary>
    public void WriteVarint(int value) => WriteUnsignedVarint((uint)((value << 1) ^ (value >> 31)));

    /// <summary>A zig-zag coded 64-bit number.</summary>
    public void WriteVarlong(long value)
    {
        var raw = (ulong)((value << 1) ^ (value >> 63));
        while (raw >= 0x80)
        {
            Next(1)[0] = (byte)(raw | 0x80);
            raw >>= 7;
        }
        Next(1)[0] = (byte)raw;
    }

    public void WriteString(string value)
    {
        var size = StringSize(value);
        WriteInt16((short)size);
        Encoding.UTF8.GetBytes(value, Next(size));
    }

    public void WriteNullableString(string? value)
    {
        if (value is null) WriteInt16(-1);
        else WriteString(value);
    }

    public void WriteCompactString(string value)
    {
        var size = StringSize(value);
        WriteUnsignedVarint((uint)size + 1);
        Encoding.UTF8.GetBytes(value, Next(size));
    }

    public void WriteCompactNullableString(string? value)
    {
        if (value is null) WriteUnsignedVarint(0);
        else WriteCompactString(value);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteInt32(value.Length);
        value.CopyTo(Next(value.Length));
    }

    public void WriteBytes(ReadOnlyMemory<byte> value) => WriteBytes(value.Span);

    public void WriteNullableBytes(ReadOnlyMemory<byte>? value)
    {
        if (value is null) WriteInt32(-1);
        else WriteBytes(value.Value.Span);
    }

    public void WriteCompactBytes(ReadOnlySpan<byte> value)
    {
        WriteUnsignedVarint((uint)value.Length + 1);
        value.CopyTo(Next(value.Length));
    }

    public void WriteCompactBytes(ReadOnlyMemory<byte> value) => WriteCompactBytes(value.Span);

    public void WriteCompactNullableBytes(ReadOnlyMemory<byte>? value)
    {
        if (value is null) WriteUnsignedVarint(0);
        else WriteCompactBytes(value.Value.Span);
    }

    /// <summary>An element count, -1 for null.</summary>
    public void WriteArrayLength(int count) => WriteInt32(count);

    /// <summary>An element count plus one, 0 for null (given as -1).</summary>
    public void WriteCompactArrayLength(int count) => WriteUnsignedVarint((uint)(count + 1));

    /// <summary>Bytes as they are, without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value) => value.CopyTo(Next(value.Length));

    /// <summary>The end of a flexible structure that has no tagged fields.</summary>
    public void WriteNoTaggedFields() => WriteUnsignedVarint(0);

    /// <summary>Puts an unsigned varint in front of what was written from <paramref name="start"/> on: its size.</summary>
    public void InsertSize(int start)
    {
        var size = _length - start;
        var head = SizeOfUnsignedVarint((uint)size);
        Next(head);
        _buffer.AsSpan(start, size).CopyTo(_buffer.AsSpan(start + head));
        _length = start;
        WriteUnsignedVarint((uint)size);
        _length += size;
    }

    /// <summary>Bytes that a number takes as an unsigned varint.</summary>
    public static int SizeOfUnsignedVarint(uint value) => (38 - BitOperations.LeadingZeroCount(value | 1)) / 7;

    private static int StringSize(string value)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        return size <= short.MaxValue ? size : throw new WireFormatException($"string of {size} bytes is longer than the format allows");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Next(int count)
    {
        var at = _length;
        if (_buffer.Length - at < count) Ensure(count);
        _length = at + count;
        return _buffer.AsSpan(at, count);
    }

    private void Ensure(int count)
    {
        if (_buffer.Length - _length >= count) return;
        var size = Math.Max((long)_length + count, Math.Min(_buffer.Length * 2L, Array.MaxLength));
        var grown = ArrayPool<byte>.Shared.Rent(checked((int)size));
        _buffer.AsSpan(0, _length).CopyTo(grown);
        var old = _buffer;
        _buffer = grown;
        if (old.Length > 0) ArrayPool<byte>.Shared.Return(old);
    }
}
