namespace ActorBroker.Protocol.Codec;

/// <summary>
/// Goes through the tagged fields at the end of a flexible structure (KIP-482). Those that nobody knows are kept as they stand on the
/// wire; as a rule they lie in one piece behind the known ones and stay a slice of the frame.
/// </summary>
internal struct TagCursor
{
    private int _left;
    private int _start;
    private int _sliceStart;
    private int _sliceEnd;

    public TagCursor(ref WireReader reader)
    {
        _left = reader.ReadTaggedFieldCount();
        Tag = -1;
    }

    public int Tag { get; private set; }

    /// <summary>Position after the current value.</summary>
    public int End { get; private set; }

    public ReadOnlyMemory<byte> Unknown { get; private set; }

    public bool Next(ref WireReader reader)
    {
        if (_left-- <= 0) return false;
        _start = reader.Position;
        Tag = reader.ReadTag(Tag, out var size);
        End = reader.Position + size;
        return true;
    }

    /// <summary>Keeps the current field, whose value was not read.</summary>
    public void Keep(ref WireReader reader)
    {
        reader.Skip(End - reader.Position);
        if (Unknown.IsEmpty) _sliceStart = _start;
        if (Unknown.IsEmpty || _sliceEnd == _start)
        {
            Unknown = reader.Passed(_sliceStart, End);
            _sliceEnd = End;
        }
        else
        {
            Unknown = Joined(ref reader);
            _sliceEnd = -1;
        }
    }

    public static uint Count(ReadOnlySpan<byte> raw)
    {
        uint count = 0;
        for (; !raw.IsEmpty; count++) raw = raw[EntryLength(raw, out _)..];
        return count;
    }

    public static void Write(WireWriter writer, ReadOnlyMemory<byte> raw)
    {
        writer.WriteUnsignedVarint(Count(raw.Span));
        writer.WriteRaw(raw.Span);
    }

    /// <summary>Writes the unknown fields whose tags come before a known one, then the known one's tag.</summary>
    public static void WriteBelow(WireWriter writer, ref ReadOnlySpan<byte> raw, int tag)
    {
        while (!raw.IsEmpty)
        {
            var length = EntryLength(raw, out var next);
            if (next == tag) throw new UnsupportedFieldException($"unknown tagged field {tag} is one that this version knows");
            if (next > tag) break;
            writer.WriteRaw(raw[..length]);
            raw = raw[length..];
        }
        writer.WriteUnsignedVarint((uint)tag);
    }

    private readonly ReadOnlyMemory<byte> Joined(ref WireReader reader)
    {
        var piece = reader.Passed(_start, End);
        if (!reader.TryCharge(1, 32 + Unknown.Length + piece.Length))
            throw reader.Fail("tagged fields", "alternate between known and unknown ones too often");
        var joined = new byte[Unknown.Length + piece.Length];
        Unknown.CopyTo(joined);
        piece.CopyTo(joined.AsMemory(Unknown.Length));
        return joined;
    }

    private static int EntryLength(ReadOnlySpan<byte> raw, out int tag)
    {
        tag = (int)Number(raw, out var tagLength);
        var size = Number(raw[tagLength..], out var sizeLength);
        return checked(tagLength + sizeLength + (int)size);
    }

    private static uint Number(ReadOnlySpan<byte> raw, out int length)
    {
        uint value = 0;
        length = 0;
        do value |= (uint)(raw[length] & 0x7F) << (7 * length);
        while (raw[length++] >= 0x80 && length < 5);
        return value;
    }
}
