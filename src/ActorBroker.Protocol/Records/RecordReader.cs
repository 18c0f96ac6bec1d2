namespace ActorBroker.Protocol.Records;

/// <summary>
/// Walks the records of an uncompressed (or decompressed) record section without allocating. Every length is checked, the headers'
/// too, before a record is given out; malformed bytes throw <see cref="WireFormatException"/>. Ends after
/// <paramref name="recordCount"/> records, and demands that the section ends there too.
/// </summary>
/// <example>for (var records = new RecordReader(section, view.RecordCount); records.MoveNext();) …</example>
public ref struct RecordReader(ReadOnlySpan<byte> section, int recordCount)
{
    private readonly ReadOnlySpan<byte> _section = section;
    private RecordFields _fields;
    private int _next;
    private int _start;
    private int _left = recordCount;

    /// <summary>Unused by every format so far; kept as it came.</summary>
    public readonly sbyte Attributes => _fields.Attributes;

    public readonly long TimestampDelta => _fields.TimestampDelta;
    public readonly int OffsetDelta => _fields.OffsetDelta;
    public readonly bool KeyIsNull => _fields.KeyLength < 0;

    /// <summary>Empty when null.</summary>
    public readonly ReadOnlySpan<byte> Key => KeyIsNull ? default : _section.Slice(_fields.KeyAt, _fields.KeyLength);

    /// <summary>A null value is a tombstone on a compacted topic.</summary>
    public readonly bool ValueIsNull => _fields.ValueLength < 0;

    /// <summary>Empty when null.</summary>
    public readonly ReadOnlySpan<byte> Value => ValueIsNull ? default : _section.Slice(_fields.ValueAt, _fields.ValueLength);

    public readonly int HeaderCount => _fields.HeaderCount;

    /// <summary>The headers, to be enumerated.</summary>
    public readonly RecordHeaders Headers => new(_section[_fields.HeadersAt.._next], _fields.HeaderCount);

    /// <summary>The record as it stands in the section, its length included.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _section[_start.._next];

    /// <exception cref="WireFormatException">The bytes are not a record, or more bytes follow the last one.</exception>
    public bool MoveNext()
    {
        if (_left <= 0)
        {
            if (_next != _section.Length) Throw(RecordFault.BytesRemaining);
            return false;
        }
        _start = _next;
        var at = _next;
        var fault = RecordFields.ReadLength(_section, ref at, out var length);
        if (fault == RecordFault.None) fault = _fields.Parse(_section, at, length);
        if (fault != RecordFault.None) Throw(fault);
        _next = at + length;
        _left--;
        return true;
    }

    private readonly void Throw(RecordFault fault) =>
        throw new WireFormatException($"record at byte {_next} of a section of {_section.Length}: {fault}");
}
