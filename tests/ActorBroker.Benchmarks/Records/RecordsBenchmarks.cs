namespace ActorBroker.Benchmarks.Records;

/// <summary>
/// Record batches on one thread, best of five: CRC-32C by method and size, validation by record size and codec, both directions of the
/// codecs. Arguments pick parts by name: crc, validate, codecs; none runs all.
/// </summary>
public static class RecordsBenchmarks
{
    public static int Run(string[] args)
    {
        if (Wants(args, "crc")) CrcBenchmark.Run();
        if (Wants(args, "validate")) ValidationBenchmark.Run();
        if (Wants(args, "codecs")) CodecBenchmark.Run();
        return 0;
    }

    private static bool Wants(string[] args, string part) => args.Length == 0 || args.Contains(part, StringComparer.OrdinalIgnoreCase);
}
