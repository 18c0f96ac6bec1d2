using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// Snappy's block format: the uncompressed length as a little-endian varint, then elements. The two low bits of an element's tag say
/// what it is: 00 literal (upper six bits: length-1; 60–63: that many minus 59 length bytes follow), 01 copy of 4–11 bytes with an
/// offset of 11 bits, 10 copy of 1–64 with an offset of 16 bits, 11 the same with 32 bits.
/// </summary>
internal static class SnappyBlock
{
    private const int FragmentSize = 1 << 16;
    private const int HashBits = 14;

    /// <summary>A three-byte element can stand for 64 bytes at most, so a longer claim is a lie.</summary>
    private const int MaxExpansion = 22;

    public static int MaxCompressedLength(int length) => 32 + length + (length / 6);

    /// <summary>The length that the block claims, if such a block is possible.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> block, out int length, out int headerSize)
    {
        ulong value = 0;
        length = 0;
        for (headerSize = 0; headerSize < Math.Min(5, block.Length);)
        {
            var next = block[headerSize];
            value |= (ulong)(next & 0x7F) << (7 * headerSize++);
            if (next >= 0x80) continue;
            length = (int)Math.Min(value, int.MaxValue);
            return value <= (ulong)(block.Length - headerSize) * MaxExpansion;
        }
        return false;
    }

    /// <summary>True when the elements fill the destination exactly.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> elements, Span<byte> destination)
    {
        ref var source = ref MemoryMarshal.GetReference(elements);
        ref var target = ref MemoryMarshal.GetReference(destination);
        int from = 0, to = 0;
        while (from < elements.Length)
        {
            int tag = Unsafe.Add(ref source, from++);
            int length, offset;
            if ((tag & 3) == 0)
            {
                length = (tag >> 2) + 1;
                if (length <= 16 && elements.Length - from >= 16 && destination.Length - to >= 16)
                {
                    Copy16(ref Unsafe.Add(ref source, from), ref Unsafe.Add(ref target, to));
                    from += length;
                    to += length;
                    continue;
                }
                if (length > 60 && !TryReadLongLiteral(elements, ref from, ref length)) return false;
                if (length > elements.Length - from || length > destination.Length - to) return false;
                elements.Slice(from, length).CopyTo(destination[to..]);
                from += length;
                to += length;
                continue;
            }
            if ((tag & 3) == 1)
            {
                if (from >= elements.Length) return false;
                length = ((tag >> 2) & 7) + 4;
                offset = ((tag >> 5) << 8) | Unsafe.Add(ref source, from++);
            }
            else if ((tag & 3) == 2)
            {
                if (elements.Length - from < 2) return false;
                length = (tag >> 2) + 1;
                offset = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref source, from));
                if (!BitConverter.IsLittleEndian) offset = BinaryPrimitives.ReverseEndianness((ushort)offset);
                from += 2;
            }
            else
            {
                if (elements.Length - from < 4) return false;
                length = (tag >> 2) + 1;
                offset = BinaryPrimitives.ReadInt32LittleEndian(elements[from..]);
                from += 4;
            }
            if (offset <= 0 || offset > to || length > destination.Length - to) return false;
            BlockCopy.Match(ref target, to, offset, length, destination.Length);
            to += length;
        }
        return to == destination.Length;
    }

    /// <summary>Writes the block; the destination holds at least <see cref="MaxCompressedLength"/> bytes.</summary>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var to = 0;
        var length = (uint)source.Length;
        for (; length >= 0x80; length >>= 7) destination[to++] = (byte)(length | 0x80);
        destination[to++] = (byte)length;
        var table = ArrayPool<ushort>.Shared.Rent(1 << HashBits);
        try
        {
            for (; source.Length > 0; source = source[Math.Min(FragmentSize, source.Length)..])
                to = EncodeFragment(source[..Math.Min(FragmentSize, source.Length)], destination, to, table);
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(table);
        }
        return to;
    }

    private static bool TryReadLongLiteral(ReadOnlySpan<byte> elements, ref int from, ref int length)
    {
        var bytes = length - 60;
        if (elements.Length - from < bytes) return false;
        uint value = 0;
        for (var i = 0; i < bytes; i++) value |= (uint)elements[from++] << (8 * i);
        length = (int)Math.Min(value + 1L, int.MaxValue);
        return true;
    }

    private static int EncodeFragment(ReadOnlySpan<byte> source, Span<byte> destination, int to, ushort[] table)
    {
        // Small fragments use a small part of the table: clearing it would cost more than compressing.
        var bits = Math.Clamp(BitOperations.Log2((uint)source.Length) + 1, 8, HashBits);
        Array.Clear(table, 0, 1 << bits);
        var shift = 32 - bits;
        ref var data = ref MemoryMarshal.GetReference(source);
        var limit = source.Length - 15;
        int at = 1, literal = 0, misses = 32;
        while (at < limit)
        {
            var word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref data, at));
            ref var slot = ref table[(word * 0x1E35A7BD) >> shift];
            int candidate = slot;
            slot = (ushort)at;
            if (candidate >= at || Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref data, candidate)) != word)
            {
                at += misses++ >> 5;
                continue;
            }
            misses = 32;
            to = PutLiteral(source[literal..at], destination, to);
            var length = 4 + BlockCopy.CommonLength(
                ref Unsafe.Add(ref data, candidate + 4), ref Unsafe.Add(ref data, at + 4), source.Length - at - 4);
            to = PutCopy(destination, to, at - candidate, length);
            at += length;
            literal = at;
            if (at >= limit) break;
            table[(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref data, at - 1)) * 0x1E35A7BD) >> shift] = (ushort)(at - 1);
        }
        return literal < source.Length ? PutLiteral(source[literal..], destination, to) : to;
    }

    private static int PutLiteral(ReadOnlySpan<byte> literal, Span<byte> destination, int to)
    {
        if (literal.IsEmpty) return to;
        var last = literal.Length - 1;
        if (last < 60)
        {
            destination[to++] = (byte)(last << 2);
        }
        else if (last < 256)
        {
            destination[to++] = 60 << 2;
            destination[to++] = (byte)last;
        }
        else
        {
            destination[to++] = 61 << 2;
            BinaryPrimitives.WriteUInt16LittleEndian(destination[to..], (ushort)last);
            to += 2;
        }
        literal.CopyTo(destination[to..]);
        return to + literal.Length;
    }

    private static int PutCopy(Span<byte> destination, int to, int offset, int length)
    {
        while (length > 0)
        {
            // Never leave a rest of less than four bytes, which the short form cannot say.
            var part = length <= 64 ? length : length < 68 ? 60 : 64;
            length -= part;
            if (part is >= 4 and < 12 && offset < 2048)
            {
                destination[to++] = (byte)(1 | ((part - 4) << 2) | ((offset >> 8) << 5));
                destination[to++] = (byte)offset;
                continue;
            }
            destination[to++] = (byte)(2 | ((part - 1) << 2));
            BinaryPrimitives.WriteUInt16LittleEndian(destination[to..], (ushort)offset);
            to += 2;
        }
        return to;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy16(ref byte source, ref byte target) => Vector128.LoadUnsafe(ref source).StoreUnsafe(ref target);
}
