namespace ActorBroker.Protocol.Compression;

/// <summary>The codec of a batch's record section: bits 0–2 of the batch attributes. 5–7 are unassigned.</summary>
public enum CompressionCodec : byte
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}
