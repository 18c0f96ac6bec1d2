using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

public class BatchAllocationTests
{
    private const int Rounds = 200;

    [SkippableTheory]
    [InlineData("compaction-source-none")]
    [InlineData("snappy-800")]
    [InlineData("lz4-800")]
    [InlineData("zstd-800")]
    public void Validating_a_good_batch_allocates_nothing(string name)
    {
        Skip.If(name.StartsWith("zstd", StringComparison.Ordinal) && !RecordCompression.IsAvailable(CompressionCodec.Zstd), "no libzstd");
        var batch = KafkaVectors.Load(name);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(batch, 0);
        var refused = 0;
        var rules = new BatchRules { Topic = "t", NowMs = KafkaVectors.BaseTimestamp };

        Assert.Equal(0, SmallestAllocation(() =>
        {
            if (BatchValidator.Validate(batch, rules, out _) is not null) refused++;
        }));
        Assert.Equal(0, refused);
    }

    [Fact]
    public void Reading_records_and_headers_allocates_nothing()
    {
        var batch = KafkaVectors.Load("compaction-source-none");
        var bytes = 0;

        Assert.Equal(0, SmallestAllocation(() =>
        {
            var view = new RecordBatchView(batch);
            var records = new RecordReader(view.RecordsSection, view.RecordCount);
            while (records.MoveNext())
            {
                bytes += records.Key.Length + records.Value.Length;
                foreach (var header in records.Headers) bytes += header.Key.Length + header.Value.Length;
            }
        }));
        Assert.NotEqual(0, bytes);
    }

    [Fact]
    public void Building_into_a_warm_builder_allocates_nothing()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = CompressionCodec.Lz4 });
        var value = new byte[300];
        var built = 0;

        Assert.Equal(0, SmallestAllocation(() =>
        {
            builder.Reset(new RecordBatchOptions { Codec = CompressionCodec.Lz4 });
            for (var i = 0; i < 100; i++) builder.Append(i, (ReadOnlySpan<byte>)value.AsSpan(0, 8), value);
            built += builder.Build().Length;
        }));
        Assert.NotEqual(0, built);
    }

    /// <summary>The least of many rounds: pools that another test empties in between do not count.</summary>
    private static long SmallestAllocation(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
