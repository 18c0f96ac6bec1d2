namespace ActorBroker.Protocol.Compression;

/// <summary>A codec whose native library is not on this machine; Kafka's UNSUPPORTED_COMPRESSION_TYPE (76).</summary>
public sealed class UnsupportedCodecException(CompressionCodec codec)
    : Exception($"{codec} is not available: its native library is not installed")
{
    public CompressionCodec Codec { get; } = codec;

    public ErrorCode ErrorCode => ErrorCode.UnsupportedCompressionType;
}
