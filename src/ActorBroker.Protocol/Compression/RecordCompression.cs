namespace ActorBroker.Protocol.Compression;

/// <summary>Compresses and decompresses whole record sections.</summary>
public static class RecordCompression
{
    /// <summary>False when the codec is unassigned or needs a native library that is not there.</summary>
    public static bool IsAvailable(CompressionCodec codec) => codec == CompressionCodec.None;

    /// <summary>Appends the compressed form of <paramref name="source"/>; see <see cref="CompressionLevels"/> for levels.</summary>
    /// <exception cref="UnsupportedCodecException">See <see cref="IsAvailable"/>.</exception>
    public static void Compress(CompressionCodec codec, int level, ReadOnlySpan<byte> source, PooledBytes destination)
    {
        if (!IsAvailable(codec)) throw new UnsupportedCodecException(codec);
        destination.Write(source);
    }

    /// <summary>The decompressed section, to be disposed by the caller.</summary>
    /// <exception cref="WireFormatException">The bytes are corrupt, or blow up beyond the limits.</exception>
    /// <exception cref="UnsupportedCodecException">See <see cref="IsAvailable"/>.</exception>
    public static PooledBytes Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, in DecompressionLimits limits)
    {
        if (!IsAvailable(codec)) throw new UnsupportedCodecException(codec);
        var bytes = new PooledBytes(source.Length);
        bytes.Write(source);
        return bytes;
    }
}
