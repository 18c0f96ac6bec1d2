using System.Buffers;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// A growing byte buffer on the shared array pool; dispose it to give the array back. Not thread-safe; spans and memories taken from
/// it are dead after the next write, <see cref="Clear"/> or <see cref="Dispose"/>.
/// </summary>
public sealed class PooledBytes : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes;

    public PooledBytes(int capacity = 4096)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 16));
    }

    public int Length { get; private set; }

    public int Capacity => _bytes.Length;

    public Span<byte> Span => _bytes.AsSpan(0, Length);

    public Memory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - Length), nameof(count));
        Length += count;
    }

    /// <summary>Sets the length; bytes newly within it are whatever the array held.</summary>
    public void SetLength(int length)
    {
        if (length > Length) Reserve(length - Length);
        Length = length;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(Length);
    }

    public void Write(ReadOnlySpan<byte> source)
    {
        Reserve(source.Length);
        source.CopyTo(_bytes.AsSpan(Length));
        Length += source.Length;
    }

    public byte[] ToArray() => Span.ToArray();

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Length >= more) return;
        var capacity = (int)Math.Min(Math.Max((long)Length + more, Math.Max(2L * _bytes.Length, 256)), Array.MaxLength);
        if (capacity - Length < more) throw new WireFormatException($"a buffer of more than {Array.MaxLength} bytes was asked for");
        var bytes = ArrayPool<byte>.Shared.Rent(capacity);
        Span.CopyTo(bytes);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bytes;
    }
}
