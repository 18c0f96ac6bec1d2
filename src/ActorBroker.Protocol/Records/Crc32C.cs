using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of record batches of magic 2. Four ways to the same number; <see cref="Compute"/> picks:
/// <list type="bullet">
/// <item>folding: 256 bytes a step with 512-bit carry-less multiplication (<see cref="Crc32CFolding"/>), where the machine has it;</item>
/// <item>three-way: the crc32 instruction has a latency of three cycles and a throughput of one, so three independent lanes run
/// interleaved and are merged by multiplication with x^(8·lane) in GF(2), done here by table (<see cref="Crc32CShift"/>);</item>
/// <item>serial: one lane, for short input and remainders;</item>
/// <item>table: eight bytes a step by lookup, where there is no crc32 instruction.</item>
/// </list>
/// </summary>
public static class Crc32C
{
    private const int ThreeWayMinBytes = 1008;
    private const int FoldingMinBytes = 4096;

    private static readonly bool HasInstruction =
        System.Runtime.Intrinsics.X86.Sse42.X64.IsSupported || System.Runtime.Intrinsics.Arm.Crc32.Arm64.IsSupported;

    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of everything so far plus <paramref name="data"/>; start with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        if (!HasInstruction) return ~Table(~crc, data);
        if (data.Length >= FoldingMinBytes && Crc32CFolding.IsSupported) return ~Crc32CFolding.Update(~crc, data);
        return data.Length >= ThreeWayMinBytes ? ~ThreeWay(~crc, data) : ~Serial(~crc, data);
    }

    public static uint ComputeSerial(ReadOnlySpan<byte> data) => ~Serial(~0u, data);

    public static uint ComputeThreeWay(ReadOnlySpan<byte> data) => ~ThreeWay(~0u, data);

    public static uint ComputeFolded(ReadOnlySpan<byte> data) =>
        Crc32CFolding.IsSupported ? ~Crc32CFolding.Update(~0u, data) : Compute(data);

    public static uint ComputeTable(ReadOnlySpan<byte> data) => ~Table(~0u, data);

    internal static uint Serial(uint state, ReadOnlySpan<byte> data)
    {
        ref var at = ref MemoryMarshal.GetReference(data);
        var left = data.Length;
        for (; left >= 8; left -= 8)
        {
            state = BitOperations.Crc32C(state, Unsafe.ReadUnaligned<ulong>(ref at));
            at = ref Unsafe.Add(ref at, 8);
        }
        if ((left & 4) != 0)
        {
            state = BitOperations.Crc32C(state, Unsafe.ReadUnaligned<uint>(ref at));
            at = ref Unsafe.Add(ref at, 4);
        }
        for (left &= 3; left > 0; left--)
        {
            state = BitOperations.Crc32C(state, at);
            at = ref Unsafe.Add(ref at, 1);
        }
        return state;
    }

    private static uint ThreeWay(uint state, ReadOnlySpan<byte> data)
    {
        state = Lanes(state, ref data, Crc32CShift.LongLane, Crc32CShift.Long);
        state = Lanes(state, ref data, Crc32CShift.ShortLane, Crc32CShift.Short);
        return Serial(state, data);
    }

    private static uint Lanes(uint state, ref ReadOnlySpan<byte> data, int lane, ReadOnlySpan<uint> shift)
    {
        while (data.Length >= 3 * lane)
        {
            ref var a = ref MemoryMarshal.GetReference(data);
            ref var b = ref Unsafe.Add(ref a, lane);
            ref var c = ref Unsafe.Add(ref b, lane);
            uint second = 0, third = 0;
            for (nint i = 0; i < lane; i += 8)
            {
                state = BitOperations.Crc32C(state, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref a, i)));
                second = BitOperations.Crc32C(second, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref b, i)));
                third = BitOperations.Crc32C(third, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref c, i)));
            }
            state = Crc32CShift.Apply(shift, Crc32CShift.Apply(shift, state) ^ second) ^ third;
            data = data[(3 * lane)..];
        }
        return state;
    }

    private static uint Table(uint state, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> table = Crc32CShift.ByteTables;
        for (; data.Length >= 8; data = data[8..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ state;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            state = table[(7 * 256) + (byte)low] ^ table[(6 * 256) + (byte)(low >> 8)] ^
                table[(5 * 256) + (byte)(low >> 16)] ^ table[(4 * 256) + (int)(low >> 24)] ^
                table[(3 * 256) + (byte)high] ^ table[(2 * 256) + (byte)(high >> 8)] ^
                table[256 + (byte)(high >> 16)] ^ table[(int)(high >> 24)];
        }
        foreach (var value in data) state = table[(byte)(state ^ value)] ^ (state >> 8);
        return state;
    }
}
