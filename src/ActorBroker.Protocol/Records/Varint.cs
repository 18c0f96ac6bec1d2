using System.Runtime.CompilerServices;

namespace ActorBroker.Protocol.Records;

/// <summary>Zig-zag variable-length integers of records: at most 5 bytes for an int, 10 for a long, low groups first.</summary>
public static class Varint
{
    public const int MaxIntBytes = 5;
    public const int MaxLongBytes = 10;

    /// <summary>False when the bytes end too early or the number runs on past its last possible byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInt(ReadOnlySpan<byte> source, ref int at, out int value)
    {
        if ((uint)at < (uint)source.Length && source[at] < 0x80)
        {
            uint raw = source[at++];
            value = (int)(raw >> 1) ^ -(int)(raw & 1);
            return true;
        }
        return TryReadLongInt(source, ref at, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadLong(ReadOnlySpan<byte> source, ref int at, out long value)
    {
        if ((uint)at < (uint)source.Length && source[at] < 0x80)
        {
            uint raw = source[at++];
            value = (int)(raw >> 1) ^ -(int)(raw & 1);
            return true;
        }
        return TryReadLongLong(source, ref at, out value);
    }

    public static int SizeOf(int value) => SizeOfUnsigned((uint)((value << 1) ^ (value >> 31)));

    public static int SizeOf(long value) => SizeOfUnsigned((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes at <paramref name="at"/> and moves it on; the caller has made room.</summary>
    public static void Write(Span<byte> destination, ref int at, int value) =>
        WriteUnsigned(destination, ref at, (uint)((value << 1) ^ (value >> 31)));

    public static void Write(Span<byte> destination, ref int at, long value) =>
        WriteUnsigned(destination, ref at, (ulong)((value << 1) ^ (value >> 63)));

    private static void WriteUnsigned(Span<byte> destination, ref int at, ulong raw)
    {
        for (; raw >= 0x80; raw >>= 7) destination[at++] = (byte)(raw | 0x80);
        destination[at++] = (byte)raw;
    }

    private static int SizeOfUnsigned(ulong raw) => (int)(((uint)(63 - System.Numerics.BitOperations.LeadingZeroCount(raw | 1)) / 7) + 1);

    private static bool TryReadLongInt(ReadOnlySpan<byte> source, ref int at, out int value)
    {
        uint raw = 0;
        value = 0;
        for (var shift = 0; shift < 7 * MaxIntBytes; shift += 7)
        {
            if ((uint)at >= (uint)source.Length) return false;
            uint next = source[at++];
            raw |= (next & 0x7F) << shift;
            if (next >= 0x80) continue;
            value = (int)(raw >> 1) ^ -(int)(raw & 1);
            return true;
        }
        return false;
    }

    private static bool TryReadLongLong(ReadOnlySpan<byte> source, ref int at, out long value)
    {
        ulong raw = 0;
        value = 0;
        for (var shift = 0; shift < 7 * MaxLongBytes; shift += 7)
        {
            if ((uint)at >= (uint)source.Length) return false;
            ulong next = source[at++];
            raw |= (next & 0x7F) << shift;
            if (next >= 0x80) continue;
            value = (long)(raw >> 1) ^ -(long)(raw & 1);
            return true;
        }
        return false;
    }
}
