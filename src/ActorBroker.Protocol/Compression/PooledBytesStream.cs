namespace ActorBroker.Protocol.Compression;

/// <summary>A write-only stream that appends to a <see cref="PooledBytes"/>, which stays its owner's.</summary>
internal sealed class PooledBytesStream(PooledBytes destination) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => destination.Length;

    public override long Position
    {
        get => destination.Length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => destination.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => destination.Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Bytes are where they belong at once.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
