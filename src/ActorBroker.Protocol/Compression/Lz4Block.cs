using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// LZ4's block format: sequences of a token (upper four bits: number of literals, lower four: match length - 4; 15 means that bytes
/// of 255 and a last smaller one add to it), the literals, a 16-bit little-endian offset, and the longer match length. The last
/// sequence has literals only.
/// </summary>
internal static class Lz4Block
{
    private const int MinMatch = 4;
    private const int HashBits = 13;

    /// <summary>No match may start in the last 12 bytes or reach into the last 5.</summary>
    private const int LastMatchStart = 12, LastLiterals = 5;

    public static int MaxCompressedLength(int length) => length + (length / 255) + 16;

    /// <summary>The number of bytes written, or -1 when the block is corrupt or does not fit.</summary>
    public static int Decode(ReadOnlySpan<byte> block, Span<byte> destination)
    {
        ref var source = ref MemoryMarshal.GetReference(block);
        ref var target = ref MemoryMarshal.GetReference(destination);
        int from = 0, to = 0;
        while (from < block.Length)
        {
            int token = Unsafe.Add(ref source, from++);
            var length = token >> 4;
            if (length < 15 && block.Length - from >= 16 + 2 && destination.Length - to >= 16)
            {
                Vector128.LoadUnsafe(ref Unsafe.Add(ref source, from)).StoreUnsafe(ref Unsafe.Add(ref target, to));
            }
            else
            {
                if (length == 15 && !TryExtend(block, ref from, ref length)) return -1;
                if (length > block.Length - from || length > destination.Length - to) return -1;
                block.Slice(from, length).CopyTo(destination[to..]);
                if (from + length == block.Length) return (token & 15) == 0 ? to + length : -1;
            }
            from += length;
            to += length;
            if (block.Length - from < 2) return -1;
            int offset = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref source, from));
            if (!BitConverter.IsLittleEndian) offset = BinaryPrimitives.ReverseEndianness((ushort)offset);
            from += 2;
            length = token & 15;
            if (length == 15 && !TryExtend(block, ref from, ref length)) return -1;
            length += MinMatch;
            if (offset == 0 || offset > to || length > destination.Length - to) return -1;
            BlockCopy.Match(ref target, to, offset, length, destination.Length);
            to += length;
        }
        return -1;
    }

    /// <summary>
    /// Writes the block; the destination holds at least <see cref="MaxCompressedLength"/> bytes, the source at most 64 KiB.
    /// </summary>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var table = ArrayPool<ushort>.Shared.Rent(1 << HashBits);
        Array.Clear(table, 0, 1 << HashBits);
        var to = Encode(source, destination, table);
        ArrayPool<ushort>.Shared.Return(table);
        return to;
    }

    private static int Encode(ReadOnlySpan<byte> source, Span<byte> destination, ushort[] table)
    {
        ref var data = ref MemoryMarshal.GetReference(source);
        var limit = source.Length - LastMatchStart;
        int at = 1, literal = 0, to = 0, misses = 64;
        while (at < limit)
        {
            var word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref data, at));
            ref var slot = ref table[(word * 2654435761u) >> (32 - HashBits)];
            int candidate = slot;
            slot = (ushort)at;
            if (candidate >= at || Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref data, candidate)) != word)
            {
                at += misses++ >> 6;
                continue;
            }
            misses = 64;
            while (at > literal && candidate > 0 && Unsafe.Add(ref data, at - 1) == Unsafe.Add(ref data, candidate - 1))
            {
                at--;
                candidate--;
            }
            var room = source.Length - LastLiterals - at;
            var length = BlockCopy.CommonLength(ref Unsafe.Add(ref data, candidate), ref Unsafe.Add(ref data, at), room);
            to = PutSequence(source[literal..at], destination, to, at - candidate, length);
            at += length;
            literal = at;
            if (at >= limit) break;
            table[(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref data, at - 2)) * 2654435761u) >> (32 - HashBits)] = (ushort)(at - 2);
        }
        return PutSequence(source[literal..], destination, to, 0, MinMatch);
    }

    /// <summary>Offset 0 stands for the last sequence, which has no match.</summary>
    private static int PutSequence(ReadOnlySpan<byte> literal, Span<byte> destination, int to, int offset, int length)
    {
        var extra = length - MinMatch;
        destination[to++] = (byte)((Math.Min(literal.Length, 15) << 4) | Math.Min(extra, 15));
        to = PutExtension(destination, to, literal.Length);
        literal.CopyTo(destination[to..]);
        to += literal.Length;
        if (offset == 0) return to;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[to..], (ushort)offset);
        return PutExtension(destination, to + 2, extra);
    }

    private static int PutExtension(Span<byte> destination, int to, int length)
    {
        if (length < 15) return to;
        for (length -= 15; length >= 255; length -= 255) destination[to++] = 255;
        destination[to++] = (byte)length;
        return to;
    }

    private static bool TryExtend(ReadOnlySpan<byte> block, ref int from, ref int length)
    {
        int next;
        do
        {
            if (from >= block.Length) return false;
            next = block[from++];
            length += next;
        }
        while (next == 255);
        return true;
    }
}
