using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ActorBroker.Protocol.Compression;

/// <summary>The two inner loops that LZ77 codecs share: copying a match out of what was just written, and measuring one.</summary>
internal static class BlockCopy
{
    /// <summary>
    /// Copies <paramref name="length"/> bytes from <paramref name="offset"/> bytes back. The ranges may overlap, then the pattern repeats.
    /// The caller has checked 0 &lt; offset ≤ to and to + length ≤ capacity. Copies in blocks of 16 beyond the match where
    /// that stays within the capacity: what is written too far is written again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Match(ref byte target, int to, int offset, int length, int capacity)
    {
        ref var at = ref Unsafe.Add(ref target, to);
        ref var from = ref Unsafe.Subtract(ref at, offset);
        if (offset >= 16 && capacity - to >= length + 16)
        {
            nint done = 0;
            do
            {
                Vector128.LoadUnsafe(ref Unsafe.Add(ref from, done)).StoreUnsafe(ref Unsafe.Add(ref at, done));
                done += 16;
            }
            while (done < length);
            return;
        }
        Short(ref from, ref at, offset, length, capacity - to);
    }

    /// <summary>How many of the first <paramref name="limit"/> bytes are equal; b lies behind a in the same buffer.</summary>
    public static int CommonLength(ref byte a, ref byte b, int limit)
    {
        var at = 0;
        for (; limit - at >= 8; at += 8)
        {
            var left = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref a, at));
            var difference = left ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref b, at));
            if (difference == 0) continue;
            return at + (BitConverter.IsLittleEndian
                ? BitOperations.TrailingZeroCount(difference) >> 3
                : BitOperations.LeadingZeroCount(difference) >> 3);
        }
        while (at < limit && Unsafe.Add(ref a, at) == Unsafe.Add(ref b, at)) at++;
        return at;
    }

    private static void Short(ref byte from, ref byte at, int offset, int length, int room)
    {
        nint done = 0;
        if (offset >= 8 && room >= length + 8)
        {
            for (; done < length; done += 8)
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref at, done), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, done)));
            return;
        }
        if (offset == 1)
        {
            Unsafe.InitBlockUnaligned(ref at, from, (uint)length);
            return;
        }
        for (; done < length; done++) Unsafe.Add(ref at, done) = Unsafe.Add(ref from, done);
    }
}
