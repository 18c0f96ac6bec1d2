namespace ActorBroker.Protocol.Compression;

/// <summary>
/// Compresses and decompresses whole record sections. gzip is the runtime's, snappy and lz4 are written here, zstd is libzstd's.
/// Thread-safe; native contexts and buffers are pooled.
/// </summary>
public static class RecordCompression
{
    /// <summary>False when the codec is unassigned or needs a native library that is not there.</summary>
    public static bool IsAvailable(CompressionCodec codec) =>
        codec == CompressionCodec.Zstd ? ZstdLibrary.IsAvailable : codec < CompressionCodec.Zstd;

    /// <summary>Appends the compressed form of <paramref name="source"/>; see <see cref="CompressionLevels"/> for levels.</summary>
    /// <exception cref="UnsupportedCodecException">See <see cref="IsAvailable"/>.</exception>
    public static void Compress(CompressionCodec codec, int level, ReadOnlySpan<byte> source, PooledBytes destination)
    {
        if (!IsAvailable(codec)) throw new UnsupportedCodecException(codec);
        switch (codec)
        {
            case CompressionCodec.Gzip:
                GzipEncoder.Encode(level, source, destination);
                break;
            case CompressionCodec.Snappy:
                SnappyEncoder.Encode(source, destination);
                break;
            case CompressionCodec.Lz4:
                Lz4Frame.Encode(level, source, destination);
                break;
            case CompressionCodec.Zstd:
                ZstdEncoder.Encode(level, source, destination);
                break;
            default:
                destination.Write(source);
                break;
        }
    }

    /// <summary>The decompressed section, to be disposed by the caller.</summary>
    /// <exception cref="WireFormatException">The bytes are corrupt, or blow up beyond the limits.</exception>
    /// <exception cref="UnsupportedCodecException">See <see cref="IsAvailable"/>.</exception>
    public static PooledBytes Decompress(CompressionCodec codec, ReadOnlySpan<byte> source, in DecompressionLimits limits)
    {
        var bytes = new PooledBytes(source.Length);
        try
        {
            var status = TryDecompress(codec, source, limits, bytes);
            if (status == DecodeStatus.End) return bytes;
            throw new WireFormatException($"{codec} section of {source.Length} bytes: {status} after {bytes.Length} bytes");
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Appends the decompressed section; <see cref="DecodeStatus.End"/> is success.</summary>
    /// <exception cref="UnsupportedCodecException">See <see cref="IsAvailable"/>.</exception>
    public static DecodeStatus TryDecompress(
        CompressionCodec codec, ReadOnlySpan<byte> source, in DecompressionLimits limits, PooledBytes destination)
    {
        if (codec == CompressionCodec.None)
        {
            destination.Write(source);
            return DecodeStatus.End;
        }
        var decoder = (IsAvailable(codec) ? DecoderPool.Rent(codec) : null) ?? throw new UnsupportedCodecException(codec);
        try
        {
            decoder.Start(limits);
            var allowed = limits.For(source.Length);
            var total = 0L;
            while (true)
            {
                var status = decoder.Read(source, destination.GetSpan(Math.Min(source.Length, 64 * 1024)), out var written);
                destination.Advance(written);
                total += written;
                if (total > allowed) return DecodeStatus.TooLarge;
                if (status != DecodeStatus.More) return status;
            }
        }
        finally
        {
            DecoderPool.Return(codec, decoder);
        }
    }
}
