namespace ActorBroker.Protocol.Compression;

/// <summary>Compresses with libzstd; contexts are kept in a few slots because making one costs more than a small batch.</summary>
internal static unsafe class ZstdEncoder
{
    private const int KeptSlots = 8;

    /// <summary>Contexts of high levels hold many megabytes and are not kept.</summary>
    private const int HighestKeptLevel = 6;

    private static readonly nint[] Idle = new nint[KeptSlots];

    public static void Encode(int level, ReadOnlySpan<byte> source, PooledBytes destination)
    {
        var context = Rent();
        try
        {
            var target = destination.GetSpan(checked((int)ZstdLibrary.CompressBound((nuint)source.Length)));
            nuint length;
            fixed (byte* from = source, to = target)
                length = ZstdLibrary.Compress((void*)context, to, (nuint)target.Length, from, (nuint)source.Length, level);
            if (ZstdLibrary.IsError(length)) throw new InvalidOperationException($"libzstd could not compress {source.Length} bytes");
            destination.Advance((int)length);
        }
        finally
        {
            Return(context, level);
        }
    }

    private static nint Rent()
    {
        foreach (ref var slot in Idle.AsSpan())
        {
            if (slot != 0 && Interlocked.Exchange(ref slot, 0) is var kept && kept != 0) return kept;
        }
        var context = (nint)ZstdLibrary.CreateEncoder();
        return context != 0 ? context : throw new OutOfMemoryException("libzstd gave no compression context");
    }

    private static void Return(nint context, int level)
    {
        if (level <= HighestKeptLevel)
        {
            foreach (ref var slot in Idle.AsSpan())
            {
                if (slot == 0 && Interlocked.CompareExchange(ref slot, context, 0) == 0) return;
            }
        }
        ZstdLibrary.FreeEncoder((void*)context);
    }
}
