using System.IO.Compression;

namespace ActorBroker.Protocol.Compression;

/// <summary>Writes one gzip member with the runtime's deflater.</summary>
internal static class GzipEncoder
{
    public static void Encode(int level, ReadOnlySpan<byte> source, PooledBytes destination)
    {
        using var sink = new PooledBytesStream(destination);
        var options = new ZLibCompressionOptions { CompressionLevel = level == CompressionLevels.GzipDefault ? 6 : level };
        using var stream = new GZipStream(sink, options, leaveOpen: true);
        stream.Write(source);

        // An empty write leaves the runtime's stream without even a header.
        if (source.IsEmpty) sink.Write(EmptyMember);
    }

    private static ReadOnlySpan<byte> EmptyMember => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}
