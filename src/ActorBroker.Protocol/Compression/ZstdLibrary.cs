using System.Runtime.InteropServices;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// The entry points of libzstd's stable API that are used here. The library is looked up once; without it zstd answers
/// UNSUPPORTED_COMPRESSION_TYPE. Sizes are native; <see cref="IsError"/> tells a returned size from an error code.
/// </summary>
internal static unsafe class ZstdLibrary
{
    public const int WindowLogMax = 100, ResetSession = 1;

    public static readonly bool IsAvailable;

    public static readonly delegate* unmanaged<void*> CreateDecoder;
    public static readonly delegate* unmanaged<void*, nuint> FreeDecoder;
    public static readonly delegate* unmanaged<void*, int, nuint> ResetDecoder;
    public static readonly delegate* unmanaged<void*, int, int, nuint> SetDecoder;
    public static readonly delegate* unmanaged<void*, nuint> SizeOfDecoder;
    public static readonly delegate* unmanaged<void*, Buffer*, Buffer*, nuint> Decompress;
    public static readonly delegate* unmanaged<void*> CreateEncoder;
    public static readonly delegate* unmanaged<void*, nuint> FreeEncoder;
    public static readonly delegate* unmanaged<void*, byte*, nuint, byte*, nuint, int, nuint> Compress;
    public static readonly delegate* unmanaged<nuint, nuint> CompressBound;

    private static readonly delegate* unmanaged<nuint, uint> IsErrorCode;

    static ZstdLibrary()
    {
        nint library = 0;
        foreach (var name in (ReadOnlySpan<string>)["libzstd.so.1", "libzstd.so", "libzstd.1.dylib", "libzstd.dylib", "libzstd.dll"])
        {
            if (NativeLibrary.TryLoad(name, out library)) break;
        }
        if (library == 0) return;
        var found = true;
        CreateDecoder = (delegate* unmanaged<void*>)Export(library, "ZSTD_createDCtx", ref found);
        FreeDecoder = (delegate* unmanaged<void*, nuint>)Export(library, "ZSTD_freeDCtx", ref found);
        ResetDecoder = (delegate* unmanaged<void*, int, nuint>)Export(library, "ZSTD_DCtx_reset", ref found);
        SetDecoder = (delegate* unmanaged<void*, int, int, nuint>)Export(library, "ZSTD_DCtx_setParameter", ref found);
        SizeOfDecoder = (delegate* unmanaged<void*, nuint>)Export(library, "ZSTD_sizeof_DCtx", ref found);
        Decompress = (delegate* unmanaged<void*, Buffer*, Buffer*, nuint>)Export(library, "ZSTD_decompressStream", ref found);
        CreateEncoder = (delegate* unmanaged<void*>)Export(library, "ZSTD_createCCtx", ref found);
        FreeEncoder = (delegate* unmanaged<void*, nuint>)Export(library, "ZSTD_freeCCtx", ref found);
        Compress = (delegate* unmanaged<void*, byte*, nuint, byte*, nuint, int, nuint>)Export(library, "ZSTD_compressCCtx", ref found);
        CompressBound = (delegate* unmanaged<nuint, nuint>)Export(library, "ZSTD_compressBound", ref found);
        IsErrorCode = (delegate* unmanaged<nuint, uint>)Export(library, "ZSTD_isError", ref found);
        IsAvailable = found;
    }

    public static bool IsError(nuint result) => IsErrorCode(result) != 0;

    private static nint Export(nint library, string name, ref bool found)
    {
        if (!NativeLibrary.TryGetExport(library, name, out var symbol)) found = false;
        return symbol;
    }

    /// <summary>libzstd's in and out buffer: where, how large, how far used.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Start;
        public nuint Size;
        public nuint Position;
    }
}
