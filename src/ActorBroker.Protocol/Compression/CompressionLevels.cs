namespace ActorBroker.Protocol.Compression;

/// <summary>Kafka's compression levels (KIP-390): the ranges and defaults of <c>compression.gzip.level</c> and its siblings.</summary>
public static class CompressionLevels
{
    /// <summary>gzip: 1–9, or -1 for the library's choice.</summary>
    public const int GzipDefault = -1;

    /// <summary>lz4: 1–17; 9 stands for the fast compressor, as in Kafka.</summary>
    public const int Lz4Default = 9;

    /// <summary>zstd: -131072–22.</summary>
    public const int ZstdDefault = 3;

    public static int Default(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Gzip => GzipDefault,
        CompressionCodec.Lz4 => Lz4Default,
        CompressionCodec.Zstd => ZstdDefault,
        _ => 0,
    };

    public static bool IsValid(CompressionCodec codec, int level) => codec switch
    {
        CompressionCodec.Gzip => level is -1 or (>= 1 and <= 9),
        CompressionCodec.Lz4 => level is >= 1 and <= 17,
        CompressionCodec.Zstd => level is >= -131072 and <= 22,
        _ => true,
    };
}
