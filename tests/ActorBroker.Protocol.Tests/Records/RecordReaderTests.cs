using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

public class RecordReaderTests
{
    [Fact]
    public void Null_and_empty_are_told_apart()
    {
        byte[] section = RawRecord.Join([RawRecord.Simple(0, 0, null, []), RawRecord.Simple(1, -7, [], [1, 2])]);
        var records = new RecordReader(section, 2);

        Assert.True(records.MoveNext());
        Assert.True(records.KeyIsNull);
        Assert.False(records.ValueIsNull);
        Assert.True(records.Value.IsEmpty);
        Assert.True(records.MoveNext());
        Assert.False(records.KeyIsNull);
        Assert.Equal(-7, records.TimestampDelta);
        Assert.Equal([1, 2], records.Value.ToArray());
        Assert.False(records.MoveNext());
    }

    [Fact]
    public void Bytes_are_the_record_as_it_stands()
    {
        var second = RawRecord.Simple(1, key: [9], headers: [2, 2, 97, 1]);
        var records = new RecordReader(RawRecord.Join([RawRecord.Simple(), second]), 2);

        Assert.True(records.MoveNext());
        Assert.True(records.MoveNext());
        Assert.Equal(second, records.Bytes.ToArray());
        Assert.Equal(1, records.HeaderCount);
    }

    [Fact]
    public void Every_cut_through_a_record_is_a_typed_error()
    {
        var record = RawRecord.Simple(3, 100_000, [1, 2, 3], [4, 5], [4, 2, 97, 2, 98, 2, 99, 1]);
        for (var length = 0; length < record.Length; length++)
        {
            var cut = record[..length];
            Assert.Throws<WireFormatException>(() => new RecordReader(cut, 1).MoveNext());
        }
    }

    [Fact]
    public void Bytes_after_the_last_record_are_a_typed_error()
    {
        byte[] section = [.. RawRecord.Simple(), 0];

        Assert.Throws<WireFormatException>(() =>
        {
            var records = new RecordReader(section, 1);
            while (records.MoveNext()) Assert.Equal(0, records.OffsetDelta);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(-64)]
    [InlineData(64)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Varints_survive_a_round_trip(int value)
    {
        var bytes = RawRecord.Int(value);
        var at = 0;
        Assert.Equal(bytes.Length, Varint.SizeOf(value));
        Assert.True(Varint.TryReadInt(bytes, ref at, out var read));
        Assert.Equal((value, bytes.Length), (read, at));

        var longer = RawRecord.Long(value * 4_000_000_000L);
        at = 0;
        Assert.Equal(longer.Length, Varint.SizeOf(value * 4_000_000_000L));
        Assert.True(Varint.TryReadLong(longer, ref at, out var readLong));
        Assert.Equal(value * 4_000_000_000L, readLong);
    }

    [Fact]
    public void Concatenated_batches_are_walked_and_a_cut_one_is_left()
    {
        byte[] bytes = [.. KafkaVectors.Load("none-3"), .. KafkaVectors.Load("lz4-3"), .. KafkaVectors.Load("gzip-3")[..^1]];
        var counts = new List<int>();
        var batches = new RecordBatches(bytes);

        while (batches.MoveNext()) counts.Add(batches.Current.RecordCount);

        Assert.Equal([3, 3], counts);
        Assert.Equal(bytes.Length - (KafkaVectors.Load("gzip-3").Length - 1), batches.Consumed);
    }

    [Fact]
    public void Batches_with_an_impossible_length_or_magic_are_typed_errors()
    {
        Assert.Throws<WireFormatException>(() => new RecordBatches(new RawBatch { Length = 48 }.ToBytes()).MoveNext());
        Assert.Throws<WireFormatException>(() => new RecordBatches(new RawBatch { Length = int.MinValue }.ToBytes()).MoveNext());
        Assert.Throws<WireFormatException>(() => new RecordBatches(new RawBatch { Magic = 1 }.ToBytes()).MoveNext());
    }

    [Fact]
    public void Offset_and_epoch_are_patched_outside_the_crc()
    {
        var batch = KafkaVectors.Load("zstd-3");

        RecordBatchPatch.SetOffsetAndEpoch(batch, 123_456_789_012, 17);

        var view = new RecordBatchView(batch);
        Assert.Equal((123_456_789_012L, 17, 123_456_789_014L), (view.BaseOffset, view.PartitionLeaderEpoch, view.LastOffset));
        Assert.True(view.IsCrcValid);
    }

    [Fact]
    public void Log_append_time_sets_bit_and_time_and_mends_the_crc()
    {
        var batch = KafkaVectors.Load("none-3");

        RecordBatchPatch.SetLogAppendTime(batch, 42);

        var view = new RecordBatchView(batch);
        Assert.Equal(TimestampType.LogAppendTime, view.Attributes.TimestampType);
        Assert.Equal(42, view.MaxTimestamp);
        Assert.True(view.IsCrcValid);
    }
}
