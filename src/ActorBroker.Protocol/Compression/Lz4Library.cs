using System.Runtime.InteropServices;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// The high-compression mode of lz4, from liblz4 where the machine has it. The fast mode (Kafka's default level) and everything
/// without the library is <see cref="Lz4Block"/>: level changes the ratio only, never who can read the result.
/// </summary>
internal static unsafe class Lz4Library
{
    private static readonly delegate* unmanaged<byte*, byte*, int, int, int, int> CompressHigh = Load();

    public static bool IsAvailable => CompressHigh is not null;

    public static int Encode(int level, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (level == CompressionLevels.Lz4Default || CompressHigh is null) return Lz4Block.Encode(source, destination);
        fixed (byte* from = source, to = destination)
        {
            var length = CompressHigh(from, to, source.Length, destination.Length, Math.Clamp(level, 1, 12));
            return length > 0 ? length : Lz4Block.Encode(source, destination);
        }
    }

    private static delegate* unmanaged<byte*, byte*, int, int, int, int> Load()
    {
        foreach (var name in (ReadOnlySpan<string>)["liblz4.so.1", "liblz4.so", "liblz4.1.dylib", "liblz4.dylib", "liblz4.dll"])
        {
            if (NativeLibrary.TryLoad(name, out var handle) && NativeLibrary.TryGetExport(handle, "LZ4_compress_HC", out var symbol))
                return (delegate* unmanaged<byte*, byte*, int, int, int, int>)symbol;
        }
        return null;
    }
}
