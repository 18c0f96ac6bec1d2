using System.Text;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Benchmarks.Records;

/// <summary>Batches to measure with: values that compress about like JSON log lines do.</summary>
internal static class SampleBatches
{
    public const long NowMs = 1_700_000_000_000;

    public static byte[] Build(CompressionCodec codec, int recordBytes, int batchBytes, bool withKeysAndHeaders = false)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec }, batchBytes + 1024);
        var random = new Random(recordBytes);
        var headers = withKeysAndHeaders ? new[] { new RecordHeaderValue("trace", new byte[16]) } : [];
        while (builder.UncompressedSize + recordBytes < batchBytes || builder.Count == 0)
        {
            var key = withKeysAndHeaders ? Encoding.UTF8.GetBytes($"customer-{random.Next(100_000)}") : null;
            builder.Append(NowMs + (builder.Count / 10), key, Value(random, recordBytes), headers);
        }
        return builder.Build().ToArray();
    }

    public static byte[] Value(Random random, int bytes)
    {
        var text = new StringBuilder(bytes + 64);
        while (text.Length < bytes)
        {
            text.Append("{\"id\":").Append(random.Next()).Append(",\"state\":\"").Append(random.Next(4) switch
            {
                0 => "accepted",
                1 => "shipped",
                2 => "delivered",
                _ => "returned",
            }).Append("\",\"amount\":").Append(random.Next(100_000) / 100.0).Append("},");
        }
        return Encoding.ASCII.GetBytes(text.ToString(0, bytes));
    }
}
