using System.Buffers.Binary;

namespace ActorBroker.Protocol.Compression;

/// <summary>Writes snappy with the framing that every Kafka client reads, in chunks of 32 KiB like Java's.</summary>
internal static class SnappyEncoder
{
    private const int ChunkSize = 32 * 1024;

    public static void Encode(ReadOnlySpan<byte> source, PooledBytes destination)
    {
        var header = destination.GetSpan(SnappyDecoder.FrameHeaderSize);
        SnappyDecoder.Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], 1);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], 1);
        destination.Advance(SnappyDecoder.FrameHeaderSize);
        while (source.Length > 0)
        {
            var part = source[..Math.Min(ChunkSize, source.Length)];
            source = source[part.Length..];
            var chunk = destination.GetSpan(4 + SnappyBlock.MaxCompressedLength(part.Length));
            var length = SnappyBlock.Encode(part, chunk[4..]);
            BinaryPrimitives.WriteInt32BigEndian(chunk, length);
            destination.Advance(4 + length);
        }
    }

    /// <summary>One raw block without framing, as some clients send it.</summary>
    public static void EncodeRaw(ReadOnlySpan<byte> source, PooledBytes destination)
    {
        var block = destination.GetSpan(SnappyBlock.MaxCompressedLength(source.Length));
        destination.Advance(SnappyBlock.Encode(source, block));
    }
}
