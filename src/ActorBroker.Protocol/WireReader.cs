using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ActorBroker.Protocol.Codec;

namespace ActorBroker.Protocol;

/// <summary>
/// Reads Kafka's primitive types from one received frame. Bytes come back as slices of that frame, never as copies, so whoever keeps
/// them longer than the frame lives must copy. A length or count is believed only after it was checked against the bytes that are
/// really there, so nothing is ever allocated from a number on the wire. Every violation throws <see cref="WireFormatException"/>.
///
/// Memory: decoding one frame takes at most 4 × its length + 4 KiB. An object can be far larger than its bytes on the wire (a structure
/// of two empty fields takes two bytes there), so a count that fits the frame is not bound enough, yet refusing such frames would refuse
/// honest ones: a thousand short topic names in a Metadata request outgrow the bound too. Hence a credit: text, numbers in arrays and
/// copies take at most two bytes a byte and need none; lists of structures and of strings pay for their elements' objects in advance
/// out of 2 × length + 3 KiB (the last KiB is for the message itself). A list that the credit does not cover is only walked over and
/// checked, keeps a copy of its bytes, and is decoded when someone first looks at it. What could be decoded that way is bounded as well,
/// at 16 × length + 1 MiB, which no client reaches and a frame of empty elements does.
/// </summary>
public ref struct WireReader(ReadOnlyMemory<byte> buffer)
{
    private readonly ReadOnlyMemory<byte> _buffer = buffer;
    private readonly ReadOnlySpan<byte> _span = buffer.Span;
    private int _position;
    private long _credit = buffer.Length * 2L + 3 * 1024;
    private long _deferrable = buffer.Length * 16L + 1024 * 1024;

    public readonly int Position => _position;

    public readonly int Remaining => _span.Length - _position;

    public sbyte ReadInt8() => (sbyte)_span[Take(1, "int8")];

    public bool ReadBool() => _span[Take(1, "bool")] != 0;

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(_span[Take(2, "int16")..]);

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(_span[Take(2, "uint16")..]);

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(_span[Take(4, "int32")..]);

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(_span[Take(4, "uint32")..]);

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(_span[Take(8, "int64")..]);

    public ErrorCode ReadError() => (ErrorCode)ReadInt16();

    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(_span[Take(8, "float64")..]);

    public Uuid ReadUuid() => Uuid.Read(_span[Take(16, "uuid")..]);

    /// <summary>Seven bits a byte, low bits first, at most five bytes; bits above the 32nd are refused.</summary>
    public uint ReadUnsignedVarint()
    {
        if (_position < _span.Length && _span[_position] < 0x80) return _span[_position++];
        uint value = 0;
        for (var shift = 0; shift <= 28; shift += 7)
        {
            var b = _span[Take(1, "varint")];
            if (shift == 28 && b > 0x0F) break;
            value |= (uint)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw Fail("varint", "is longer than 32 bits");
    }

    /// <summary>A zig-zag coded 32-bit number.</summary>
    public int ReadVarint()
    {
        var raw = ReadUnsignedVarint();
        return (int)(raw >> 1) ^ -(int)(raw & 1);
    }

    /// <summary>A zig-zag coded 64-bit number in at most ten bytes.</summary>
    public long ReadVarlong()
    {
        ulong raw = 0;
        for (var shift = 0; shift <= 63; shift += 7)
        {
            var b = _span[Take(1, "varlong")];
            if (shift == 63 && b > 1) break;
            raw |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return (long)(raw >> 1) ^ -(long)(raw & 1);
        }
        throw Fail("varlong", "is longer than 64 bits");
    }

    public string ReadString(string field = "string") => Text(NotNull(StringLength(field), field), field);

    public string? ReadNullableString(string field = "string")
    {
        var length = StringLength(field);
        return length < 0 ? null : Text(length, field);
    }

    public string ReadCompactString(string field = "string") => Text(NotNull(CompactStringLength(field), field), field);

    public string? ReadCompactNullableString(string field = "string")
    {
        var length = CompactStringLength(field);
        return length < 0 ? null : Text(length, field);
    }

    public ReadOnlyMemory<byte> ReadBytes(string field = "bytes") => Slice(NotNull(ReadInt32(), field), field);

    public ReadOnlyMemory<byte>? ReadNullableBytes(string field = "bytes")
    {
        var length = ReadInt32();
        return length < 0 ? default(ReadOnlyMemory<byte>?) : Slice(length, field);
    }

    public ReadOnlyMemory<byte> ReadCompactBytes(string field = "bytes") => Slice(NotNull(CompactLength(field), field), field);

    public ReadOnlyMemory<byte>? ReadCompactNullableBytes(string field = "bytes")
    {
        var length = CompactLength(field);
        return length < 0 ? default(ReadOnlyMemory<byte>?) : Slice(length, field);
    }

    /// <summary>The UTF-8 bytes of a nullable string with an int16 length, undecoded.</summary>
    public ReadOnlyMemory<byte>? ReadNullableStringBytes(string field = "string")
    {
        var length = StringLength(field);
        return length < 0 ? default(ReadOnlyMemory<byte>?) : Slice(length, field);
    }

    /// <summary>The element count of an array, -1 for null; refused when the rest of the frame cannot hold that many.</summary>
    /// <param name="minElementSize">Bytes that the smallest element takes on the wire.</param>
    /// <param name="field">Name for the error text.</param>
    public int ReadArrayLength(int minElementSize, string field = "array") => Count(ReadInt32(), minElementSize, field);

    /// <inheritdoc cref="ReadArrayLength"/>
    public int ReadCompactArrayLength(int minElementSize, string field = "array") => Count(CompactLength(field), minElementSize, field);

    public void Skip(int count) => Take(count, "skipped field");

    /// <summary>The next <paramref name="length"/> bytes as a slice of the frame.</summary>
    public ReadOnlyMemory<byte> Slice(int length, string field = "bytes") => _buffer.Slice(Take(length, field), length);

    /// <summary>The bytes between two positions already passed, as a slice of the frame.</summary>
    public readonly ReadOnlyMemory<byte> Passed(int from, int to) => _buffer[from..to];

    /// <summary>How many tagged fields follow (KIP-482); each is a tag, a size and that many bytes.</summary>
    public int ReadTaggedFieldCount()
    {
        var count = ReadUnsignedVarint();
        if (count > (uint)Remaining / 2) throw Fail("tagged fields", $"{count} do not fit into the {Remaining} bytes that remain");
        return (int)count;
    }

    /// <summary>The head of one tagged field. Tags must rise, which also rules out doubles.</summary>
    /// <param name="previousTag">-1 before the first one.</param>
    /// <param name="size">Bytes of the value that follows; they are there.</param>
    public int ReadTag(int previousTag, out int size)
    {
        var tag = ReadUnsignedVarint();
        if (tag > int.MaxValue || (int)tag <= previousTag) throw Fail("tagged field", $"tag {tag} does not rise above tag {previousTag}");
        var length = ReadUnsignedVarint();
        if (length > (uint)Remaining) throw Fail("tagged field", $"tag {tag} claims {length} bytes of {Remaining}");
        size = (int)length;
        return (int)tag;
    }

    public void SkipTaggedFields()
    {
        var previous = -1;
        for (var left = ReadTaggedFieldCount(); left > 0; left--)
        {
            previous = ReadTag(previous, out var size);
            _position += size;
        }
    }

    /// <summary>The tagged fields of a structure that knows none, as they stand on the wire, without their count.</summary>
    public ReadOnlyMemory<byte> ReadUnknownTags()
    {
        if (_position < _span.Length && _span[_position] == 0)
        {
            _position++;
            return default;
        }
        var previous = -1;
        var left = ReadTaggedFieldCount();
        var start = _position;
        for (; left > 0; left--)
        {
            previous = ReadTag(previous, out var size);
            _position += size;
        }
        return _buffer[start.._position];
    }

    /// <summary>Refuses a known tagged field whose value did not take exactly the size that its head named.</summary>
    public readonly void EndTag(int end, string field)
    {
        if (_position == end) return;
        throw Fail(field, $"tagged value ends {Math.Abs(_position - end)} bytes {(_position < end ? "early" : "late")}");
    }

    /// <summary>Refuses bytes after the message.</summary>
    public readonly void ExpectEnd()
    {
        if (Remaining != 0) throw Fail("message", $"is followed by {Remaining} surplus bytes");
    }

    /// <summary>The exception for a field of the frame, with the position added.</summary>
    public readonly WireFormatException Fail(string field, string problem) =>
        new($"{field} {problem} (at byte {_position} of {_span.Length})");

    /// <summary>A reader over bytes that were checked before; its limit on put-off arrays was applied then.</summary>
    internal static WireReader OverChecked(ReadOnlyMemory<byte> bytes) => new(bytes) { _deferrable = long.MaxValue };

    /// <summary>A reader that puts off every array, for tests of that path.</summary>
    internal static WireReader WithoutCredit(ReadOnlyMemory<byte> bytes) => new(bytes) { _credit = 0 };

    /// <summary>Pays for objects in advance; false when the array must be put off instead.</summary>
    internal bool TryCharge(int count, int costEach)
    {
        var cost = (long)count * costEach;
        if (cost > _credit) return false;
        _credit -= cost;
        return true;
    }

    internal void ChargeDeferred(long cost)
    {
        _deferrable -= Math.Max(0, cost);
        if (_deferrable < 0) throw Fail("message", "has more elements than a frame of its size may hold");
    }

    internal PendingArray Defer(StructShape shape, int count, short version)
    {
        var start = _position;
        ShapeWalker.Elements(ref this, shape, count, version);
        return new PendingArray(_span[start.._position].ToArray(), count, version, false);
    }

    internal PendingArray DeferStrings(int count, short version, bool compact)
    {
        var start = _position;
        ShapeWalker.Strings(ref this, count, compact);
        return new PendingArray(_span[start.._position].ToArray(), count, version, compact);
    }

    /// <summary>Passes a string without decoding it; its length, -1 for null.</summary>
    internal int SkipString(bool compact, string field)
    {
        var length = compact ? CompactStringLength(field) : StringLength(field);
        if (length > 0) _position += length;
        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take(int count, string what)
    {
        var at = _position;
        if ((uint)count > (uint)(_span.Length - at)) ThrowShort(what, count);
        _position = at + count;
        return at;
    }

    [DoesNotReturn]
    private readonly void ThrowShort(string what, int count) =>
        throw Fail(what, count < 0 ? $"has the invalid length {count}" : $"needs {count} bytes where {Remaining} remain");

    private int StringLength(string field)
    {
        var length = ReadInt16();
        return length < 0 ? -1 : Within(length, field);
    }

    private int CompactStringLength(string field)
    {
        var length = CompactLength(field);
        if (length > short.MaxValue) throw Fail(field, $"has {length} bytes, more than a string may have");
        return Within(length, field);
    }

    private int CompactLength(string field)
    {
        var raw = ReadUnsignedVarint();
        if (raw > int.MaxValue) throw Fail(field, $"has the invalid length {raw - 1}");
        return (int)raw - 1;
    }

    private readonly int Within(int length, string field)
    {
        if (length > Remaining) throw Fail(field, $"needs {length} bytes where {Remaining} remain");
        return length;
    }

    private readonly int NotNull(int length, string field) => length >= 0 ? length : throw Fail(field, "must not be null");

    private readonly int Count(int count, int minElementSize, string field)
    {
        if (count < 0) return -1;
        if (count > Remaining / Math.Max(1, minElementSize))
            throw Fail(field, $"claims {count} elements where {Remaining} bytes remain");
        return count;
    }

    private string Text(int length, string field)
    {
        if (length == 0) return "";
        return WireText.Decode(_span.Slice(Take(length, field), length));
    }
}
