using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

/// <summary>Bytes of Kafka's own classes are read, checked and, where no compressor has its say, written the same.</summary>
public class KafkaVectorTests
{
    [SkippableTheory]
    [InlineData("none-3", 3, CompressionCodec.None)]
    [InlineData("gzip-3", 3, CompressionCodec.Gzip)]
    [InlineData("gzip-800", 800, CompressionCodec.Gzip)]
    [InlineData("snappy-3", 3, CompressionCodec.Snappy)]
    [InlineData("snappy-800", 800, CompressionCodec.Snappy)]
    [InlineData("lz4-3", 3, CompressionCodec.Lz4)]
    [InlineData("lz4-800", 800, CompressionCodec.Lz4)]
    [InlineData("lz4hc-3", 3, CompressionCodec.Lz4)]
    [InlineData("lz4hc-800", 800, CompressionCodec.Lz4)]
    [InlineData("zstd-3", 3, CompressionCodec.Zstd)]
    [InlineData("zstd-800", 800, CompressionCodec.Zstd)]
    [InlineData("zstd19-3", 3, CompressionCodec.Zstd)]
    [InlineData("zstd19-800", 800, CompressionCodec.Zstd)]
    public void A_batch_of_each_codec_is_read_and_passes_validation(string name, int count, CompressionCodec codec)
    {
        Skip.IfNot(RecordCompression.IsAvailable(codec), $"no library for {codec}");
        var batch = KafkaVectors.Load(name);

        var view = new RecordBatchView(batch);
        Assert.True(view.IsCrcValid);
        Assert.Equal(codec, view.Attributes.Codec);
        using var section = RecordCompression.Decompress(codec, view.RecordsSection, new DecompressionLimits());
        var records = new RecordReader(section.Span, view.RecordCount);
        for (var i = 0; records.MoveNext(); i++)
        {
            Assert.Equal(i, records.OffsetDelta);
            Assert.Equal(KafkaVectors.Timestamp(i), view.BaseTimestamp + records.TimestampDelta);
            KafkaVectors.AssertIs(i, in records);
        }
        Assert.Null(BatchValidator.Validate(batch, new BatchRules { NowMs = KafkaVectors.BaseTimestamp }, out var facts));
        Assert.Equal(count, facts.RecordCount);
        Assert.Equal(view.MaxTimestamp, facts.MaxTimestamp);
        Assert.False(facts.NeedsTimestampPatch);
        Assert.Equal(section.Length, facts.UncompressedBytes);
        Assert.Equal(facts.MaxTimestamp, KafkaVectors.Timestamp(facts.OffsetDeltaOfMaxTimestamp));
    }

    [Fact]
    public void Plain_transactional_and_log_append_batches_are_built_byte_for_byte()
    {
        var transactional = new RecordBatchOptions
        {
            BaseOffset = 42,
            ProducerId = 9001,
            ProducerEpoch = 7,
            BaseSequence = int.MaxValue - 1,
            IsTransactional = true,
            LeaderEpoch = 5,
        };

        Assert.Equal(KafkaVectors.Load("none-3"), Build(new RecordBatchOptions(), 3));
        Assert.Equal(KafkaVectors.Load("transactional-4"), Build(transactional, 4));
        Assert.Equal(
            KafkaVectors.Load("logappend-4"),
            Build(new RecordBatchOptions { BaseOffset = 42, LogAppendTimeMs = 1_700_000_009_999, LeaderEpoch = 5 }, 4));
    }

    [Theory]
    [InlineData("marker-commit", 100, 0, true, 11)]
    [InlineData("marker-abort", 101, 1, false, 12)]
    public void Transaction_markers_are_built_and_read(string name, long offset, int laterMs, bool commit, int coordinatorEpoch)
    {
        var options = new RecordBatchOptions
        {
            BaseOffset = offset,
            LeaderEpoch = 3,
            ProducerId = 9001,
            ProducerEpoch = 7,
            IsTransactional = true,
            IsControl = true,
        };
        using var builder = new RecordBatchBuilder(options);
        ControlRecord.AppendEndTransaction(builder, KafkaVectors.BaseTimestamp + laterMs, commit, coordinatorEpoch);
        var expected = KafkaVectors.Load(name);

        Assert.Equal(expected, builder.Build().ToArray());
        var view = new RecordBatchView(expected);
        Assert.True(view.Attributes.IsControl);
        var records = new RecordReader(view.RecordsSection, view.RecordCount);
        Assert.True(records.MoveNext());
        Assert.True(ControlRecord.TryReadType(records.Key, out var type));
        Assert.Equal(commit ? ControlRecord.Commit : ControlRecord.Abort, type);
        Assert.True(ControlRecord.TryReadCoordinatorEpoch(records.Value, out var epoch));
        Assert.Equal(coordinatorEpoch, epoch);
    }

    [Fact]
    public void The_last_sequence_wraps_after_the_largest_int()
    {
        var view = new RecordBatchView(KafkaVectors.Load("transactional-4"));

        Assert.Equal(int.MaxValue - 1, view.BaseSequence);
        Assert.Equal(1, view.LastSequence);
        Assert.Equal(45, view.LastOffset);
        Assert.Equal(int.MaxValue - 1, Sequences.Decrement(view.LastSequence, view.LastOffsetDelta));
    }

    private static byte[] Build(RecordBatchOptions options, int count)
    {
        using var builder = new RecordBatchBuilder(options, 16);
        KafkaVectors.Fill(builder, count);
        return builder.Build().ToArray();
    }
}
