using ActorBroker.Protocol.Records;

namespace ActorBroker.Benchmarks.Records;

/// <summary>GB/s of the ways to compute CRC-32C.</summary>
internal static class CrcBenchmark
{
    public static void Run()
    {
        Console.WriteLine("CRC-32C GB/s        serial  three-way   folding   chosen    table");
        foreach (var size in (ReadOnlySpan<int>)[100, 256, 512, 1024, 4096, 16 * 1024, 128 * 1024, 1024 * 1024, 16 * 1024 * 1024])
        {
            var data = new byte[size];
            new Random(size).NextBytes(data);
            var serial = Rate(size, () => Crc32C.ComputeSerial(data));
            var threeWay = Rate(size, () => Crc32C.ComputeThreeWay(data));
            var folded = Rate(size, () => Crc32C.ComputeFolded(data));
            var chosen = Rate(size, () => Crc32C.Compute(data));
            var table = Rate(size, () => Crc32C.ComputeTable(data));
            Console.WriteLine($"{size,12} bytes {serial,10:F1} {threeWay,10:F1} {folded,9:F1} {chosen,8:F1} {table,8:F1}");
        }
    }

    private static double Rate(int size, Func<uint> compute)
    {
        var sink = 0u;
        var (seconds, _) = Measure.Best(() => sink ^= compute());
        GC.KeepAlive(sink);
        return size / seconds / 1e9;
    }
}
