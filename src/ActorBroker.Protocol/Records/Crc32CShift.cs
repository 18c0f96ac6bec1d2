namespace ActorBroker.Protocol.Records;

/// <summary>
/// The polynomial arithmetic behind <see cref="Crc32C"/>, in bit-reflected form (bit 31 is x^0). Appending n zero bytes to a message
/// multiplies its remainder by x^(8n) modulo the polynomial; that is linear, so four tables of 256 entries, one per byte of the
/// remainder, do it in four lookups. Everything is computed once at start from the polynomial alone.
/// </summary>
internal static class Crc32CShift
{
    /// <summary>x^32 + … reflected, without the leading term.</summary>
    private const uint Polynomial = 0x82F63B78;

    public const int LongLane = 4096;
    public const int ShortLane = 336;

    private static readonly uint[] LongTable = ShiftTable(LongLane);
    private static readonly uint[] ShortTable = ShiftTable(ShortLane);
    private static readonly uint[] Slices = SliceTables();

    public static ReadOnlySpan<uint> Long => LongTable;
    public static ReadOnlySpan<uint> Short => ShortTable;

    /// <summary>Eight tables: entry [k][b] is the remainder of byte b followed by k zero bytes.</summary>
    public static ReadOnlySpan<uint> ByteTables => Slices;

    public static uint Apply(ReadOnlySpan<uint> table, uint crc) =>
        table[(byte)crc] ^ table[256 + (byte)(crc >> 8)] ^ table[512 + (byte)(crc >> 16)] ^ table[768 + (int)(crc >> 24)];

    /// <summary>x^<paramref name="exponent"/> modulo the polynomial.</summary>
    public static uint PowerOfX(long exponent)
    {
        uint result = 1u << 31, square = 1u << 30;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) result = Multiply(result, square);
            square = Multiply(square, square);
        }
        return result;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = 31; bit >= 0; bit--)
        {
            if ((a >> bit & 1) != 0) product ^= b;
            b = TimesX(b);
        }
        return product;
    }

    private static uint TimesX(uint value) => (value >> 1) ^ ((value & 1) != 0 ? Polynomial : 0);

    private static uint[] ShiftTable(int zeroBytes)
    {
        var factor = PowerOfX(8L * zeroBytes);
        var table = new uint[4 * 256];
        for (var i = 0; i < table.Length; i++) table[i] = Multiply((uint)(i & 0xFF) << (8 * (i >> 8)), factor);
        return table;
    }

    private static uint[] SliceTables()
    {
        var table = new uint[8 * 256];
        for (var i = 0; i < table.Length; i++) table[i] = Multiply((uint)(i & 0xFF), PowerOfX(8L * (1 + (i >> 8))));
        return table;
    }
}
