using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

public class RecordBatchRewriterTests
{
    private const long HorizonMs = 1_700_000_501_000;

    [Theory]
    [InlineData("none")]
    [InlineData("lz4")]
    public void Keeping_some_records_gives_what_kafka_s_cleaner_gives(string codec)
    {
        var filter = new EvenOffsets { TombstonesToo = false };
        using var written = new PooledBytes();

        var result = RecordBatchRewriter.Retain(KafkaVectors.Load($"compaction-source-{codec}"), ref filter, HorizonMs, written);

        Assert.Equal(20, result.RecordsRead);
        Assert.Equal(9, result.RecordsKept);
        Assert.Equal(written.Length, result.SizeInBytes);
        AssertSameBatch(KafkaVectors.Load($"compaction-even-{codec}"), written.Span);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("lz4")]
    public void A_tombstone_kept_brings_the_delete_horizon_in(string codec)
    {
        var filter = new EvenOffsets { TombstonesToo = true };
        using var written = new PooledBytes();

        RecordBatchRewriter.Retain(KafkaVectors.Load($"compaction-source-{codec}"), ref filter, HorizonMs, written);

        AssertSameBatch(KafkaVectors.Load($"compaction-horizon-{codec}"), written.Span);
        var view = new RecordBatchView(written.Span);
        Assert.True(view.Attributes.HasDeleteHorizon);
        Assert.Equal(HorizonMs, view.BaseTimestamp);
    }

    [Fact]
    public void A_horizon_once_set_stays_and_timestamps_survive_a_second_pass()
    {
        var filter = new EvenOffsets { TombstonesToo = true };
        using var first = new PooledBytes();
        RecordBatchRewriter.Retain(KafkaVectors.Load("compaction-source-none"), ref filter, HorizonMs, first);
        var second = new EvenOffsets { TombstonesToo = false };
        using var written = new PooledBytes();

        RecordBatchRewriter.Retain(first.Span, ref second, HorizonMs + 999, written);

        var view = new RecordBatchView(written.Span);
        Assert.Equal(HorizonMs, view.BaseTimestamp);
        var records = new RecordReader(view.RecordsSection, view.RecordCount);
        while (records.MoveNext())
            Assert.Equal(KafkaVectors.Timestamp(records.OffsetDelta), view.BaseTimestamp + records.TimestampDelta);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("lz4")]
    public void An_emptied_batch_is_kept_as_kafka_keeps_it(string codec)
    {
        var source = KafkaVectors.Load($"compaction-source-{codec}");
        var filter = default(KeepNothing);
        using var written = new PooledBytes();

        Assert.Equal(0, RecordBatchRewriter.Retain(source, ref filter, HorizonMs, written).RecordsKept);
        Assert.Equal(0, written.Length);
        RecordBatchRewriter.WriteEmpty(source, written);

        Assert.Equal(KafkaVectors.Load($"compaction-empty-{codec}"), written.ToArray());
        Assert.Equal(24, new RecordBatchView(written.Span).LastSequence);
        Assert.Equal(0, RecordBatchRewriter.Retain(written.ToArray(), ref filter, HorizonMs, written).RecordsRead);
    }

    [Fact]
    public void Keeping_everything_copies_the_batch()
    {
        var source = KafkaVectors.Load("snappy-800");
        var filter = default(KeepAll);
        using var written = new PooledBytes();

        var result = RecordBatchRewriter.Retain(source, ref filter, null, written);

        Assert.Equal(800, result.RecordsKept);
        Assert.Equal(source, written.ToArray());
    }

    [Fact]
    public void A_log_append_time_batch_keeps_its_max_timestamp()
    {
        var filter = new EvenOffsets { TombstonesToo = true };
        using var written = new PooledBytes();

        RecordBatchRewriter.Retain(KafkaVectors.Load("logappend-4"), ref filter, null, written);

        var view = new RecordBatchView(written.Span);
        Assert.Equal(2, view.RecordCount);
        Assert.Equal(1_700_000_009_999, view.MaxTimestamp);
        Assert.Equal(TimestampType.LogAppendTime, view.Attributes.TimestampType);
        Assert.Equal(45, view.LastOffset);
    }

    [SkippableTheory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void Recompression_keeps_records_and_producer_fields(CompressionCodec codec)
    {
        Skip.IfNot(RecordCompression.IsAvailable(codec), $"no library for {codec}");
        using var written = new PooledBytes();

        RecordBatchRewriter.Recompress(KafkaVectors.Load("lz4-800"), codec, CompressionLevels.Default(codec), null, written);

        var view = new RecordBatchView(written.Span);
        Assert.True(view.IsCrcValid);
        Assert.Equal(codec, view.Attributes.Codec);
        Assert.Null(BatchValidator.Validate(written.Span, new BatchRules { NowMs = KafkaVectors.BaseTimestamp }, out var facts));
        Assert.Equal(800, facts.RecordCount);
        using var section = RecordCompression.Decompress(codec, view.RecordsSection, new DecompressionLimits());
        var records = new RecordReader(section.Span, view.RecordCount);
        for (var i = 0; records.MoveNext(); i++) KafkaVectors.AssertIs(i, in records);
    }

    [Fact]
    public void Recompression_mends_offset_deltas_and_stamps_the_broker_s_time()
    {
        var batch = new RawBatch
        {
            Records = [RawRecord.Simple(), RawRecord.Simple()],
            ProducerId = 7,
            ProducerEpoch = 1,
            BaseSequence = 3,
        };
        using var written = new PooledBytes();

        RecordBatchRewriter.Recompress(batch.ToBytes(), CompressionCodec.Lz4, CompressionLevels.Lz4Default, 12345, written);

        var view = new RecordBatchView(written.Span);
        Assert.Equal(1, view.LastOffsetDelta);
        Assert.Equal(12345, view.MaxTimestamp);
        Assert.Equal((7L, (short)1, 3), (view.ProducerId, view.ProducerEpoch, view.BaseSequence));
        using var section = RecordCompression.Decompress(CompressionCodec.Lz4, view.RecordsSection, new DecompressionLimits());
        var records = new RecordReader(section.Span, 2);
        for (var i = 0; records.MoveNext(); i++) Assert.Equal(i, records.OffsetDelta);
    }

    private static void AssertSameBatch(byte[] expected, ReadOnlySpan<byte> actual)
    {
        var a = new RecordBatchView(expected);
        var b = new RecordBatchView(actual);
        if (a.Attributes.Codec == CompressionCodec.None) Assert.Equal(expected, actual.ToArray());
        Assert.True(b.IsCrcValid);
        Assert.Equal(expected[..8], actual[..8].ToArray());
        Assert.Equal(expected[21..61], actual[21..61].ToArray());
        using var left = RecordCompression.Decompress(a.Attributes.Codec, a.RecordsSection, new DecompressionLimits());
        using var right = RecordCompression.Decompress(b.Attributes.Codec, b.RecordsSection, new DecompressionLimits());
        Assert.Equal(left.ToArray(), right.ToArray());
    }

    private struct EvenOffsets : IRecordFilter
    {
        public bool TombstonesToo { get; init; }

        public readonly bool Keep(scoped in RecordReader record, long offset) =>
            offset % 2 == 0 && (TombstonesToo || !record.ValueIsNull);
    }

    private struct KeepNothing : IRecordFilter
    {
        public readonly bool Keep(scoped in RecordReader record, long offset) => false;
    }

    private struct KeepAll : IRecordFilter
    {
        public readonly bool Keep(scoped in RecordReader record, long offset) => true;
    }
}
