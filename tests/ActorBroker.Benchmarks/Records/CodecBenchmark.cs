using ActorBroker.Protocol.Compression;

namespace ActorBroker.Benchmarks.Records;

/// <summary>MB/s of uncompressed bytes in both directions, and the ratio.</summary>
internal static class CodecBenchmark
{
    private const int Bytes = 128 * 1024;

    public static void Run()
    {
        Console.WriteLine("codecs          compress  decompress     ratio  (MB/s of uncompressed bytes)");
        var source = SampleBatches.Value(new Random(1), Bytes);
        foreach (var codec in Enum.GetValues<CompressionCodec>())
        {
            if (codec == CompressionCodec.None || !RecordCompression.IsAvailable(codec)) continue;
            using var packed = new PooledBytes();
            using var unpacked = new PooledBytes(2 * Bytes);
            var (pack, _) = Measure.Best(() =>
            {
                packed.Clear();
                RecordCompression.Compress(codec, CompressionLevels.Default(codec), source, packed);
            });
            var (unpack, _) = Measure.Best(() =>
            {
                unpacked.Clear();
                RecordCompression.TryDecompress(codec, packed.Span, new DecompressionLimits(), unpacked);
            });
            Console.WriteLine($"{codec,-12} {Bytes / pack / 1e6,11:F0} {Bytes / unpack / 1e6,11:F0} {Bytes / (double)packed.Length,9:F2}");
        }
    }
}
