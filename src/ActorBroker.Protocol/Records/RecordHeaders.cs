namespace ActorBroker.Protocol.Records;

/// <summary>The headers of a record that <see cref="RecordReader"/> has checked. Keys are UTF-8; the same key may occur again.</summary>
public ref struct RecordHeaders(ReadOnlySpan<byte> headers, int count)
{
    private readonly ReadOnlySpan<byte> _headers = headers;
    private int _left = count;
    private int _at;

    /// <summary>The headers as they stand in the record, without their count.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _headers;

    public readonly RecordHeaders GetEnumerator() => this;

    public RecordHeader Current { get; private set; }

    public bool MoveNext()
    {
        if (_left <= 0) return false;
        _left--;
        var key = Field(out _);
        var value = Field(out var isNull);
        Current = new RecordHeader(key, value, isNull);
        return true;
    }

    private ReadOnlySpan<byte> Field(out bool isNull)
    {
        if (!Varint.TryReadInt(_headers, ref _at, out var length)) throw new WireFormatException("record header: bad length");
        isNull = length < 0;
        if (isNull) return default;
        var field = _headers.Slice(_at, length);
        _at += length;
        return field;
    }
}
