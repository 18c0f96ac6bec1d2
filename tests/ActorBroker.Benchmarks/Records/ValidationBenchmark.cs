using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Benchmarks.Records;

/// <summary>MB/s of whole batch validation (CRC and walk), in bytes of the uncompressed section and of the batch as sent.</summary>
internal static class ValidationBenchmark
{
    private const int BatchBytes = 128 * 1024;

    public static void Run()
    {
        Console.WriteLine("validation         MB/s plain  MB/s sent  ns/record  us/batch  bytes allocated");
        foreach (var codec in Enum.GetValues<CompressionCodec>())
        {
            if (!RecordCompression.IsAvailable(codec)) continue;
            foreach (var size in (ReadOnlySpan<int>)[100, 1024]) Line(codec, size, false, true);
        }
        Line(CompressionCodec.None, 100, true, true);
        Line(CompressionCodec.None, 1024, true, true);
        Line(CompressionCodec.None, 100, false, false);
        Line(CompressionCodec.None, 1024, false, false);
    }

    private static void Line(CompressionCodec codec, int recordBytes, bool headers, bool walk)
    {
        var batch = SampleBatches.Build(codec, recordBytes, BatchBytes, headers);
        var plain = SampleBatches.Build(CompressionCodec.None, recordBytes, BatchBytes, headers).Length;
        var rules = new BatchRules { NowMs = SampleBatches.NowMs, WalkRecords = walk };
        var count = 0;
        var (seconds, allocated) = Measure.Best(() =>
        {
            if (BatchValidator.Validate(batch, rules, out var facts) is { } error) throw new InvalidOperationException(error.Detail);
            count = facts.RecordCount;
        });
        var name = $"{codec} {recordBytes} B{(headers ? " k+h" : "")}{(walk ? "" : " no walk")}";
        var (plainRate, sentRate) = (plain / seconds / 1e6, batch.Length / seconds / 1e6);
        Console.WriteLine(
            $"{name,-18} {plainRate,10:F0} {sentRate,10:F0} {seconds / count * 1e9,10:F1} {seconds * 1e6,9:F1} {allocated,16:F1}");
    }
}
