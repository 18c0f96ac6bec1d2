namespace ActorBroker.Core.Kernel;

/// <summary>
/// A pooled buffer with counted leases: it goes back to its pool when the last lease is released. Whoever may still read or write the
/// bytes, a pending socket operation included, holds a lease; there is no other way to be sure that a buffer is not reused under a reader.
/// </summary>
public sealed class LeasedBuffer
{
    private readonly BufferPool _pool;
    private int _leases = 1;

    internal LeasedBuffer(BufferPool pool, byte[] array)
    {
        _pool = pool;
        Array = array;
    }

    /// <summary>The whole pinned array; valid while a lease is held.</summary>
    public byte[] Array { get; }

    public int Capacity => Array.Length;

    public Span<byte> Span(int start, int length) => Array.AsSpan(start, length);

    public ReadOnlyMemory<byte> Memory(int start, int length) => Array.AsMemory(start, length);

    /// <summary>Adds a lease; the caller must hold one already.</summary>
    public LeasedBuffer Lease()
    {
        if (Interlocked.Increment(ref _leases) <= 1) throw new InvalidOperationException("The buffer has already gone back to its pool.");
        return this;
    }

    /// <summary>Gives one lease up.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _leases);
        if (left == 0) _pool.Return(Array);
        else if (left < 0) throw new InvalidOperationException("A buffer was released more often than it was leased.");
    }
}
