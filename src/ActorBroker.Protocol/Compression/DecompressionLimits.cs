namespace ActorBroker.Protocol.Compression;

/// <summary>
/// Bounds on what one compressed section may become, against bombs. Decompression is streamed through a small window, so what the
/// bounds limit is time, not memory. A section fails when it passes <see cref="MaxBytes"/>, or when it passes
/// <see cref="RatioFreeBytes"/> and is more than <see cref="MaxRatio"/> times its compressed size. Honest data stays far below:
/// a megabyte of zeros has a ratio of some 30,000 in zstd, but is not larger than the ratio-free part.
/// </summary>
public readonly record struct DecompressionLimits
{
    public DecompressionLimits()
    {
    }

    public long MaxBytes { get; init; } = 512L << 20;

    public long RatioFreeBytes { get; init; } = 32L << 20;

    public int MaxRatio { get; init; } = 1_000;

    /// <summary>The largest window (log2 of bytes) that a zstd frame may ask for; 27 is what Kafka's own library accepts.</summary>
    public int MaxZstdWindowLog { get; init; } = 27;

    /// <summary>The number of bytes that this many compressed ones may become.</summary>
    public long For(int compressedBytes) => Math.Min(MaxBytes, Math.Max(RatioFreeBytes, (long)compressedBytes * MaxRatio));
}
