using System.Runtime.CompilerServices;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// Where the parts of one record stand in the bytes it was parsed from. A record is: length (varint), attributes (i8), timestamp
/// delta (varlong), offset delta (varint), key, value (varint length, negative = null), header count, headers (key, nullable value).
/// </summary>
internal struct RecordFields
{
    public sbyte Attributes;
    public long TimestampDelta;
    public int OffsetDelta;
    public int KeyAt;

    /// <summary>Negative: no key.</summary>
    public int KeyLength;
    public int ValueAt;

    /// <summary>Negative: null.</summary>
    public int ValueLength;
    public int HeadersAt;
    public int HeaderCount;

    /// <summary>Reads the length and checks that so many bytes follow; <paramref name="at"/> is behind it then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecordFault ReadLength(ReadOnlySpan<byte> source, ref int at, out int length)
    {
        var start = at;
        if (!Varint.TryReadInt(source, ref at, out length))
            return at - start >= Varint.MaxIntBytes ? RecordFault.BadLengthVarint : RecordFault.Truncated;
        return (uint)length > (uint)(source.Length - at) ? RecordFault.Truncated : RecordFault.None;
    }

    /// <summary>Parses the record whose body is source[at .. at + length), which lies within the source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RecordFault Parse(ReadOnlySpan<byte> source, int at, int length)
    {
        var end = at + length;
        source = source[..end];
        if (length < 1) return RecordFault.BadStructure;
        Attributes = (sbyte)source[at++];
        if (!Varint.TryReadLong(source, ref at, out TimestampDelta) || !Varint.TryReadInt(source, ref at, out OffsetDelta))
            return RecordFault.BadStructure;
        if (!Varint.TryReadInt(source, ref at, out KeyLength) || KeyLength > end - at) return RecordFault.BadStructure;
        KeyAt = at;
        at += Math.Max(KeyLength, 0);
        if (!Varint.TryReadInt(source, ref at, out ValueLength) || ValueLength > end - at) return RecordFault.BadStructure;
        ValueAt = at;
        at += Math.Max(ValueLength, 0);
        if (!Varint.TryReadInt(source, ref at, out HeaderCount)) return RecordFault.BadStructure;
        HeadersAt = at;
        if (HeaderCount != 0)
        {
            var fault = SkipHeaders(source, ref at);
            if (fault != RecordFault.None) return fault;
        }
        return at == end ? RecordFault.None : RecordFault.BadLength;
    }

    private readonly RecordFault SkipHeaders(ReadOnlySpan<byte> source, ref int at)
    {
        // Every header takes at least two bytes, so a count beyond the rest is refused before the loop.
        if (HeaderCount < 0 || HeaderCount > source.Length - at) return RecordFault.BadHeaderCount;
        for (var i = 0; i < HeaderCount; i++)
        {
            if (!Varint.TryReadInt(source, ref at, out var keyLength) || keyLength > source.Length - at) return RecordFault.BadStructure;
            if (keyLength < 0) return RecordFault.NullHeaderKey;
            at += keyLength;
            if (!Varint.TryReadInt(source, ref at, out var valueLength) || valueLength > source.Length - at)
                return RecordFault.BadStructure;
            at += Math.Max(valueLength, 0);
        }
        return RecordFault.None;
    }
}
