using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// CRC-32C by folding. A 128-bit block of a message may be replaced by anything that leaves the same remainder; moved D bits ahead
/// it is (low half)·x^(64+D) + (high half)·x^D, so two carry-less multiplications by constants x^n mod P carry it over D bits and it
/// is added to the block that stands there. Four accumulators of 512 bits go over the input in steps of 256 bytes and are then
/// folded into one 128-bit block, which the crc32 instruction reduces: it has the same remainder as all that was folded.
/// Bits are reflected: a product of two reflected 64-bit halves comes out one bit short, and a constant in the low 32 bits counts
/// x^32 more, hence x^(D+31) for the low half and x^(D-33) for the high one.
/// </summary>
internal static class Crc32CFolding
{
    private const int Step = 256;

    private static readonly Vector128<ulong> By2048 = Constants(2048);
    private static readonly Vector128<ulong> By1536 = Constants(1536);
    private static readonly Vector128<ulong> By1024 = Constants(1024);
    private static readonly Vector128<ulong> By512 = Constants(512);
    private static readonly Vector128<ulong> By384 = Constants(384);
    private static readonly Vector128<ulong> By256 = Constants(256);
    private static readonly Vector128<ulong> By128 = Constants(128);

    public static bool IsSupported => Pclmulqdq.V512.IsSupported && Sse42.X64.IsSupported;

    /// <summary>The state after <paramref name="data"/>; states are the complement of checksums.</summary>
    public static uint Update(uint state, ReadOnlySpan<byte> data)
    {
        if (data.Length < Step) return Crc32C.Serial(state, data);
        ref var at = ref MemoryMarshal.GetReference(data);
        var a = Load(ref at, 0) ^ Vector512.CreateScalar((ulong)state);
        var b = Load(ref at, 64);
        var c = Load(ref at, 128);
        var d = Load(ref at, 192);
        nint done = Step;
        var by2048 = Broadcast(By2048);
        for (; done + Step <= data.Length; done += Step)
        {
            ref var block = ref Unsafe.Add(ref at, done);
            a = Fold(a, by2048, Load(ref block, 0));
            b = Fold(b, by2048, Load(ref block, 64));
            c = Fold(c, by2048, Load(ref block, 128));
            d = Fold(d, by2048, Load(ref block, 192));
        }
        d = Fold(a, Broadcast(By1536), Fold(b, Broadcast(By1024), Fold(c, Broadcast(By512), d)));
        for (; done + 64 <= data.Length; done += 64) d = Fold(d, Broadcast(By512), Load(ref Unsafe.Add(ref at, done), 0));

        var last = Fold(d.GetLower().GetLower(), By384, d.GetUpper().GetUpper());
        last = Fold(d.GetLower().GetUpper(), By256, last);
        last = Fold(d.GetUpper().GetLower(), By128, last);
        var reduced = (uint)Sse42.X64.Crc32(Sse42.X64.Crc32(0, last.GetElement(0)), last.GetElement(1));
        return Crc32C.Serial(reduced, data[(int)done..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Load(ref byte at, nint offset) => Vector512.LoadUnsafe(ref Unsafe.Add(ref at, offset)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Broadcast(Vector128<ulong> value) => Vector512.Create(Vector256.Create(value, value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Fold(Vector512<ulong> block, Vector512<ulong> by, Vector512<ulong> onto) =>
        Pclmulqdq.V512.CarrylessMultiply(block, by, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(block, by, 0x11) ^ onto;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector128<ulong> block, Vector128<ulong> by, Vector128<ulong> onto) =>
        Pclmulqdq.CarrylessMultiply(block, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(block, by, 0x11) ^ onto;

    private static Vector128<ulong> Constants(int bits) =>
        Vector128.Create((ulong)Crc32CShift.PowerOfX(bits + 31), Crc32CShift.PowerOfX(bits - 33));
}
