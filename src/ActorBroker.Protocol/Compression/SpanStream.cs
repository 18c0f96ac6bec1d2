namespace ActorBroker.Protocol.Compression;

/// <summary>A read-only stream over bytes that are pinned while <see cref="Attach"/> is in force; keeps its position between.</summary>
internal sealed unsafe class SpanStream : Stream
{
    private byte* _start;
    private int _length;
    private int _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>The reader has asked for more than there is.</summary>
    public bool RanOut { get; private set; }

    public void Rewind()
    {
        _position = 0;
        RanOut = false;
    }

    public void Attach(byte* start, int length)
    {
        _start = start;
        _length = length;
    }

    public void Detach() => Attach(null, 0);

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Clamp(_length - _position, 0, buffer.Length);
        new ReadOnlySpan<byte>(_start + _position, count).CopyTo(buffer);
        _position += count;
        RanOut |= count == 0 && buffer.Length > 0;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is ever written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
