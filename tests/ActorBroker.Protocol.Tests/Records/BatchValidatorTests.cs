using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

/// <summary>The verdicts of a running Kafka 4.3.1 on the same batches, one case a line, unless a name says otherwise.</summary>
public class BatchValidatorTests
{
    private const int Gzip = 1, Snappy = 2, Lz4 = 3, Zstd = 4, LogAppend = 8;
    private const long Hour = 3_600_000;

    private static readonly BatchRules Rules = new() { Topic = "t", Partition = 0, NowMs = RawBatch.NowMs };

    public static TheoryData<string, int> Verdicts
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var (name, (_, code)) in Cases) data.Add(name, (int)code);
            return data;
        }
    }

    private static Dictionary<string, (byte[] Bytes, ErrorCode Code)> Cases { get; } = BuildCases();

    [SkippableTheory]
    [MemberData(nameof(Verdicts))]
    public void A_batch_gets_the_code_that_kafka_gives(string name, int code)
    {
        Skip.If(name.StartsWith("zstd", StringComparison.Ordinal) && !RecordCompression.IsAvailable(CompressionCodec.Zstd), "no libzstd");

        var error = BatchValidator.Validate(Cases[name].Bytes, Rules, out var facts);

        Assert.Equal((ErrorCode)code, error?.Code ?? ErrorCode.None);
        Assert.Equal(error is null, facts.RecordCount > 0);
    }

    [Theory]
    [InlineData("magic 3", "Invalid magic found in record: 3")]
    [InlineData("magic -1", "Invalid magic found in record: -1")]
    [InlineData("length 10", "Record size 10 is less than the minimum record overhead (14)")]
    [InlineData("length -1", "Record size -1 is less than the minimum record overhead (14)")]
    [InlineData("crc", null)]
    [InlineData("two batches", null)]
    [InlineData("followed by forty zeros", null)]
    [InlineData("header with null key", null)]
    public void The_text_is_what_kafka_sends_which_mostly_is_none(string name, string? message)
    {
        var error = BatchValidator.Validate(Cases[name].Bytes, Rules, out _);

        Assert.NotNull(error);
        Assert.Equal(message, error.Message);
        Assert.NotEmpty(error.Detail);
        Assert.Empty(error.Records);
    }

    [Fact]
    public void Sizes_are_checked_after_the_base_offset_and_before_the_crc()
    {
        var rules = Rules with { MaxMessageBytes = 500 };
        var big = new RawBatch { Records = [RawRecord.Simple(value: new byte[600])], Crc = 1 };

        Assert.Equal(ErrorCode.MessageTooLarge, BatchValidator.Validate(big.ToBytes(), rules, out _)?.Code);
        Assert.Equal(ErrorCode.InvalidRecord, BatchValidator.Validate((big with { BaseOffset = 4 }).ToBytes(), rules, out _)?.Code);
    }

    [Fact]
    public void A_batch_of_exactly_the_allowed_size_passes()
    {
        var batch = new RawBatch { Records = [RawRecord.Simple(value: new byte[600])] }.ToBytes();

        Assert.Null(BatchValidator.Validate(batch, Rules with { MaxMessageBytes = batch.Length, SegmentBytes = batch.Length }, out _));
        Assert.Equal(
            ErrorCode.MessageTooLarge, BatchValidator.Validate(batch, Rules with { MaxMessageBytes = batch.Length - 1 }, out _)?.Code);
        Assert.Equal(
            ErrorCode.RecordListTooLarge, BatchValidator.Validate(batch, Rules with { SegmentBytes = batch.Length - 1 }, out _)?.Code);
    }

    [Fact]
    public void Bytes_after_the_batch_do_not_count()
    {
        var batch = new RawBatch().ToBytes();

        Assert.Null(BatchValidator.Validate([.. batch, 1, 2, 3, 4, 5], Rules with { MaxMessageBytes = batch.Length }, out var facts));
        Assert.Equal(batch.Length, facts.SizeInBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Gzip)]
    public void Records_without_key_on_a_compacted_topic_are_listed(int codec)
    {
        var batch = new RawBatch
        {
            Attributes = codec,
            Records = [RawRecord.Simple(), RawRecord.Simple(1, key: [107]), RawRecord.Simple(2), RawRecord.Simple(3), RawRecord.Simple(4)],
        };

        var error = BatchValidator.Validate(batch.ToBytes(), Rules with { IsCompacted = true }, out _);

        const string text = "Compacted topic cannot accept message without key in topic partition t-0";
        Assert.Equal(ErrorCode.InvalidRecord, error?.Code);
        Assert.Equal([new(0, text), new(2, text), new(3, text), new(4, text)], error!.Records);
        Assert.Equal(
            "One or more records have been rejected due to 4 record errors in total, and only showing the first three errors at most: " +
            $"[RecordError(batchIndex=0, message='{text}'), RecordError(batchIndex=2, message='{text}'), " +
            $"RecordError(batchIndex=3, message='{text}')]",
            error.Message);
    }

    [Fact]
    public void An_empty_key_is_a_key()
    {
        var batch = new RawBatch { Records = [RawRecord.Simple(key: [])] };

        Assert.Null(BatchValidator.Validate(batch.ToBytes(), Rules with { IsCompacted = true }, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Lz4)]
    public void Timestamps_out_of_bounds_are_listed_with_their_offsets(int codec)
    {
        var batch = new RawBatch { Attributes = codec, Records = [RawRecord.Simple(), RawRecord.Simple(1, Hour + 1)] };

        var error = BatchValidator.Validate(batch.ToBytes(), Rules, out _);

        Assert.Equal(ErrorCode.InvalidTimestamp, error?.Code);
        Assert.Equal("One or more records have been rejected due to invalid timestamp", error!.Message);
        var failure = Assert.Single(error.Records);
        Assert.Equal(1, failure.BatchIndex);
        Assert.Equal(
            $"Timestamp {RawBatch.NowMs + Hour + 1} of message with offset 1 is out of range. The timestamp should be within " +
            $"[{unchecked(RawBatch.NowMs - long.MaxValue)}, {RawBatch.NowMs + Hour}]",
            failure.Message);
    }

    [Theory]
    [InlineData(Hour, true)]
    [InlineData(-1000, true)]
    [InlineData(-1001, false)]
    public void The_bounds_themselves_are_allowed(long delta, bool accepted)
    {
        var batch = new RawBatch { Records = [RawRecord.Simple(0, delta)] };

        Assert.Equal(accepted, BatchValidator.Validate(batch.ToBytes(), Rules with { TimestampBeforeMaxMs = 1000 }, out _) is null);
    }

    [Fact]
    public void One_bad_timestamp_turns_the_code_even_when_keys_are_missing_too()
    {
        var batch = new RawBatch { Records = [RawRecord.Simple(), RawRecord.Simple(1, 2 * Hour, [107])] };

        var error = BatchValidator.Validate(batch.ToBytes(), Rules with { IsCompacted = true }, out _);

        Assert.Equal(ErrorCode.InvalidTimestamp, error?.Code);
        Assert.Equal([0, 1], error!.Records.Select(failure => failure.BatchIndex));
    }

    [Theory]
    [InlineData(0, "DefaultRecord")]
    [InlineData(Gzip, "PartialDefaultRecord")]
    public void The_log_append_bit_is_refused_where_the_broker_stamps(int codec, string kind)
    {
        var batch = new RawBatch { Attributes = LogAppend | codec, Records = [RawRecord.Simple(key: [97, 98, 99])] };

        var error = BatchValidator.Validate(batch.ToBytes(), Rules with { TimestampType = TimestampType.LogAppendTime }, out _);

        Assert.Equal(ErrorCode.InvalidTimestamp, error?.Code);
        Assert.Equal(
            $"Invalid timestamp type in message {kind}(offset=0, timestamp={RawBatch.NowMs}, key=3 bytes, value=1 bytes). " +
            "Producer should not set timestamp type to LogAppendTime.",
            Assert.Single(error!.Records).Message);
    }

    [Fact]
    public void With_log_append_time_the_producer_s_timestamps_do_not_matter()
    {
        var batch = new RawBatch { Records = [RawRecord.Simple(0, 5 * Hour)] };

        Assert.Null(BatchValidator.Validate(batch.ToBytes(), Rules with { TimestampType = TimestampType.LogAppendTime }, out _));
    }

    [Fact]
    public void A_log_append_bit_under_create_time_counts_the_header_s_time_and_asks_for_a_patch()
    {
        var batch = new RawBatch { Attributes = LogAppend, MaxTimestamp = RawBatch.NowMs + 5 }.ToBytes();

        Assert.Null(BatchValidator.Validate(batch, Rules, out var facts));
        Assert.Equal(RawBatch.NowMs + 5, facts.MaxTimestamp);
        Assert.True(facts.NeedsTimestampPatch);
        RecordBatchPatch.SetMaxTimestamp(batch, facts.MaxTimestamp);
        var view = new RecordBatchView(batch);
        Assert.True(view.IsCrcValid);
        Assert.Equal(TimestampType.CreateTime, view.Attributes.TimestampType);
    }

    [Fact]
    public void A_lying_max_timestamp_is_found_out()
    {
        var batch = new RawBatch
        {
            MaxTimestamp = RawBatch.NowMs + 999,
            Records = [RawRecord.Simple(0, 3), RawRecord.Simple(1, 7), RawRecord.Simple(2, 7)],
        }.ToBytes();

        Assert.Null(BatchValidator.Validate(batch, Rules, out var facts));
        Assert.Equal(RawBatch.NowMs + 7, facts.MaxTimestamp);
        Assert.Equal(1, facts.OffsetDeltaOfMaxTimestamp);
        Assert.True(facts.NeedsTimestampPatch);
        RecordBatchPatch.SetMaxTimestamp(batch, facts.MaxTimestamp);
        Assert.Null(BatchValidator.Validate(batch, Rules, out facts));
        Assert.False(facts.NeedsTimestampPatch);
    }

    [Fact]
    public void A_negative_timestamp_leaves_minus_one_as_the_largest()
    {
        Assert.Null(BatchValidator.Validate(new RawBatch { BaseTimestamp = -2 }.ToBytes(), Rules, out var facts));
        Assert.Equal(-1, facts.MaxTimestamp);
        Assert.True(facts.NeedsTimestampPatch);
    }

    [Fact]
    public void The_list_of_rejected_records_is_bounded_but_their_number_is_told()
    {
        var batch = new RawBatch { Records = [.. Enumerable.Range(0, 500).Select(i => RawRecord.Simple(i))] };

        var error = BatchValidator.Validate(batch.ToBytes(), Rules with { IsCompacted = true, MaxListedErrors = 10 }, out _);

        Assert.Equal(10, error?.Records.Count);
        Assert.Contains("due to 500 record errors in total", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_walk_records_are_not_looked_at_but_crc_and_counts_are()
    {
        var rules = Rules with { WalkRecords = false };

        Assert.Null(BatchValidator.Validate(Cases["gzip garbage"].Bytes, rules, out var facts));
        Assert.Equal(1, facts.RecordCount);
        Assert.Equal(RawBatch.NowMs, facts.MaxTimestamp);
        Assert.Equal(ErrorCode.CorruptMessage, BatchValidator.Validate(Cases["crc"].Bytes, rules, out _)?.Code);
        Assert.Equal(ErrorCode.InvalidRecord, BatchValidator.Validate(Cases["count 2, last delta 0"].Bytes, rules, out _)?.Code);
    }

    [Fact]
    public void Facts_carry_the_header()
    {
        var batch = new RawBatch { Attributes = 0x10, ProducerId = 77, ProducerEpoch = 3, BaseSequence = int.MaxValue };

        Assert.Null(BatchValidator.Validate(batch.ToBytes(), Rules, out var facts));
        Assert.Equal((77L, (short)3, int.MaxValue), (facts.ProducerId, facts.ProducerEpoch, facts.BaseSequence));
        Assert.True(facts.HasProducerId);
        Assert.True(facts.IsTransactional);
        Assert.Equal(0, facts.LastOffsetDelta);
        Assert.Equal(int.MaxValue, facts.LastSequence);
    }

    [SkippableTheory]
    [InlineData(Gzip)]
    [InlineData(Snappy)]
    [InlineData(Lz4)]
    [InlineData(Zstd)]
    public void A_bomb_is_given_up_at_the_limit(int codec)
    {
        Skip.IfNot(RecordCompression.IsAvailable((CompressionCodec)codec), "no library");
        var limits = new DecompressionLimits { MaxBytes = 4 << 20 };
        var batch = new RawBatch { Attributes = codec, Records = [RawRecord.Simple(value: new byte[16 << 20])] };

        var error = BatchValidator.Validate(batch.ToBytes(), Rules with { Decompression = limits, MaxMessageBytes = 1 << 24 }, out _);

        Assert.Equal(ErrorCode.MessageTooLarge, error?.Code);
    }

    [Theory]
    [InlineData(Gzip)]
    [InlineData(Snappy)]
    [InlineData(Lz4)]
    public void A_record_larger_than_the_window_is_walked_field_by_field(int codec)
    {
        byte[] headers = RawRecord.Join(
            [RawRecord.Int(2), RawRecord.Bytes([104]), RawRecord.Bytes(new byte[200_000]), RawRecord.Bytes([105]), RawRecord.Bytes(null)]);
        byte[] Large(int lie = 0, byte[]? trailing = null, byte[]? other = null) =>
            RawRecord.Simple(1, 5, new byte[150_000], new byte[300_000], other ?? headers, lie, trailing);
        RawBatch Batch(byte[] large) => new() { Attributes = codec, Records = [RawRecord.Simple(), large, RawRecord.Simple(2)] };
        ErrorCode? Verdict(byte[] large) => BatchValidator.Validate(Batch(large).ToBytes(), Rules, out _)?.Code;

        Assert.Null(BatchValidator.Validate(Batch(Large()).ToBytes(), Rules, out var facts));
        Assert.Equal(RawBatch.NowMs + 5, facts.MaxTimestamp);
        Assert.Equal(1, facts.OffsetDeltaOfMaxTimestamp);
        Assert.Equal(ErrorCode.InvalidRecord, Verdict(Large(1)));
        Assert.Equal(ErrorCode.InvalidRecord, Verdict(Large(-1)));
        Assert.Equal(ErrorCode.InvalidRecord, Verdict(Large(trailing: [0])));
        Assert.Equal(ErrorCode.InvalidRecord, Verdict(Large(other: RawRecord.Int(1_000_000))));
        Assert.Equal(ErrorCode.InvalidRecord, Verdict(Large(other: RawRecord.Int(-1))));
        Assert.Equal(ErrorCode.InvalidRecord, Verdict(Large(other: [2, 1, 1])));
    }

    private static Dictionary<string, (byte[] Bytes, ErrorCode Code)> BuildCases()
    {
        var cases = new Dictionary<string, (byte[] Bytes, ErrorCode Code)>();
        void Add(string name, ErrorCode code, byte[] bytes) => cases.Add(name, (bytes, code));
        void Batch(string name, ErrorCode code, RawBatch batch) => Add(name, code, batch.ToBytes());
        AddFraming(Add);
        AddHeaders(Batch);
        AddRecords(Batch);
        AddCompressed(Batch);
        return cases;
    }

    private static void AddFraming(Action<string, ErrorCode, byte[]> add)
    {
        var good = new RawBatch().ToBytes();
        add("good", ErrorCode.None, good);
        add("nothing", ErrorCode.InvalidRecord, []);
        add("two batches", ErrorCode.InvalidRecord, [.. good, .. good]);
        add("followed by five bytes", ErrorCode.None, [.. good, 1, 2, 3, 4, 5]);
        add("followed by forty zeros", ErrorCode.CorruptMessage, [.. good, .. new byte[40]]);
        add("followed by part of a batch", ErrorCode.None, [.. good, .. good[..40]]);
        add("cut at the end", ErrorCode.InvalidRecord, good[..^1]);
        add("cut at 10", ErrorCode.InvalidRecord, good[..10]);
        add("cut at 40", ErrorCode.InvalidRecord, good[..40]);
        add("length 48", ErrorCode.CorruptMessage, new RawBatch { Length = 48 }.ToBytes());
        add("length 10", ErrorCode.CorruptMessage, new RawBatch { Length = 10 }.ToBytes());
        add("length -1", ErrorCode.CorruptMessage, new RawBatch { Length = -1 }.ToBytes());
        add("length of a gigabyte", ErrorCode.InvalidRecord, new RawBatch { Length = 1 << 30 }.ToBytes());
        add("magic 0", ErrorCode.InvalidRecord, new RawBatch { Magic = 0 }.ToBytes());
        add("magic 1", ErrorCode.InvalidRecord, new RawBatch { Magic = 1 }.ToBytes());
        add("magic 3", ErrorCode.CorruptMessage, new RawBatch { Magic = 3 }.ToBytes());
        add("magic -1", ErrorCode.CorruptMessage, new RawBatch { Magic = -1 }.ToBytes());
    }

    private static void AddHeaders(Action<string, ErrorCode, RawBatch> add)
    {
        add("crc", ErrorCode.CorruptMessage, new RawBatch { Crc = 1 });
        add("base offset 5", ErrorCode.InvalidRecord, new RawBatch { BaseOffset = 5 });
        add("control", ErrorCode.InvalidRecord, new RawBatch { Attributes = 0x20 });
        add("codec 5", ErrorCode.UnknownServerError, new RawBatch { Attributes = 5 });
        add("codec 7", ErrorCode.UnknownServerError, new RawBatch { Attributes = 7 });
        add("delete horizon bit", ErrorCode.None, new RawBatch { Attributes = 0x40 });
        add("unused bits", ErrorCode.None, new RawBatch { Attributes = 0x4080 });
        add("count 0, last delta -1", ErrorCode.InvalidRecord, new RawBatch { Count = 0, LastOffsetDelta = -1 });
        add("count 0", ErrorCode.InvalidRecord, new RawBatch { Count = 0 });
        add("count -1", ErrorCode.InvalidRecord, new RawBatch { Count = -1 });
        add("last delta -2", ErrorCode.InvalidRecord, new RawBatch { LastOffsetDelta = -2 });
        add("last delta of max int", ErrorCode.InvalidRecord, new RawBatch { LastOffsetDelta = int.MaxValue, Count = int.MinValue });
        add("count 2, last delta 0", ErrorCode.InvalidRecord, new RawBatch { Count = 2 });
        add("producer id without sequence", ErrorCode.InvalidRecord, new RawBatch { ProducerId = 1, ProducerEpoch = 0 });
        add("producer id -2 without sequence", ErrorCode.None, new RawBatch { ProducerId = -2, ProducerEpoch = 0 });
        add("sequence 5 first", ErrorCode.None, new RawBatch { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 5 });
        add("timestamp -1", ErrorCode.None, new RawBatch { BaseTimestamp = -1 });
        add("timestamp -2", ErrorCode.None, new RawBatch { BaseTimestamp = -2 });
        add("log append bit", ErrorCode.None, new RawBatch { Attributes = LogAppend });
        add("log append bit, max -1", ErrorCode.InvalidTimestamp, new RawBatch { Attributes = LogAppend, MaxTimestamp = -1 });
        add("log append bit, far max", ErrorCode.InvalidTimestamp, new RawBatch { Attributes = LogAppend, MaxTimestamp = long.MaxValue });
        add("max timestamp lies far", ErrorCode.None, new RawBatch { MaxTimestamp = long.MaxValue });
    }

    private static void AddRecords(Action<string, ErrorCode, RawBatch> add)
    {
        void One(string name, ErrorCode code, byte[] record) => add(name, code, new RawBatch { Records = [record] });
        var oneRecord = RawRecord.Simple();
        add("count 2, one record", ErrorCode.InvalidRecord, new RawBatch { Count = 2, LastOffsetDelta = 1 });
        add("count 1, two records", ErrorCode.InvalidRecord, new RawBatch { Records = [[.. oneRecord, .. RawRecord.Simple(1)]] });
        add("deltas 0 0", ErrorCode.None, new RawBatch { Records = [oneRecord, oneRecord] });
        add("deltas 1 0", ErrorCode.None, new RawBatch { Records = [RawRecord.Simple(1), oneRecord] });
        One("record length too long", ErrorCode.InvalidRecord, RawRecord.Simple(lengthLie: 1));
        One("record length too short", ErrorCode.InvalidRecord, RawRecord.Simple(lengthLie: -1));
        One("record length negative", ErrorCode.InvalidRecord, [1, .. oneRecord[1..]]);
        One("record length zero", ErrorCode.InvalidRecord, [0]);
        One("record length endless", ErrorCode.UnknownServerError, [255, 255, 255, 255, 255, 255, 1]);
        One("record with a byte too much", ErrorCode.InvalidRecord, RawRecord.Simple(trailing: [120]));
        One("record attributes 7", ErrorCode.None, [oneRecord[0], 7, .. oneRecord[2..]]);
        One("key length -5", ErrorCode.None, [14, 0, 0, 0, 9, 2, 118, 0]);
        One("key longer than the record", ErrorCode.InvalidRecord, [14, 0, 0, 0, 100, 2, 118, 0]);
        One("value longer than the record", ErrorCode.InvalidRecord, [14, 0, 0, 0, 1, 100, 118, 0]);
        One("value null", ErrorCode.None, [12, 0, 0, 0, 1, 1, 0]);
        One("header count -1", ErrorCode.InvalidRecord, RawRecord.Simple(headers: RawRecord.Int(-1)));
        One("header count 1000", ErrorCode.InvalidRecord, RawRecord.Simple(headers: RawRecord.Int(1000)));
        One("header with null key", ErrorCode.InvalidRecord, RawRecord.Simple(headers: [2, 1, 1]));
        One("header with null value", ErrorCode.None, RawRecord.Simple(headers: [2, 2, 97, 1]));
        One("header value too long", ErrorCode.InvalidRecord, RawRecord.Simple(headers: [2, 2, 97, 40]));
        One("timestamp in two hours", ErrorCode.InvalidTimestamp, RawRecord.Simple(0, 2 * Hour));
        One("timestamp long ago", ErrorCode.None, RawRecord.Simple(0, -RawBatch.NowMs));
    }

    private static void AddCompressed(Action<string, ErrorCode, RawBatch> add)
    {
        RawBatch Of(int codec, byte[]? section, params byte[][] records) =>
            new() { Attributes = codec, Section = section, Records = records.Length == 0 ? [RawRecord.Simple()] : [.. records] };
        var one = RawRecord.Simple();
        byte[] rawSnappy = [(byte)one.Length, (byte)((one.Length - 1) << 2), .. one];
        byte[] frame = [0x82, 83, 78, 65, 80, 80, 89, 0, 0, 0, 0, 1, 0, 0, 0, 1];
        var gzipped = RawBatch.Pack(CompressionCodec.Gzip, RawRecord.Simple(value: new byte[800]));
        foreach (var (name, codec) in new[] { ("gzip", Gzip), ("snappy", Snappy), ("lz4", Lz4), ("zstd", Zstd) })
        {
            byte[] Pack(params byte[][] records) => RawBatch.Pack((CompressionCodec)codec, RawRecord.Join(records));
            add($"{name} good", ErrorCode.None, Of(codec, null));
            add($"{name} garbage", ErrorCode.UnknownServerError, Of(codec, [103, 97, 114, 98, 97, 103, 101]));
            add($"{name} record too much", ErrorCode.InvalidRecord, Of(codec, Pack(one, RawRecord.Simple(1))));
            add($"{name} record missing", ErrorCode.InvalidRecord, Of(codec, Pack(one), one, one));
            add($"{name} deltas 0 0", ErrorCode.UnknownServerError, Of(codec, null, one, one));
            add($"{name} byte too much in a record", ErrorCode.InvalidRecord, Of(codec, null, RawRecord.Simple(trailing: [120])));
            add($"{name} length lies (Kafka stores it)", ErrorCode.InvalidRecord, Of(codec, null, RawRecord.Simple(lengthLie: -1)));
            add($"{name} endless length", ErrorCode.InvalidRecord, Of(codec, null, [255, 255, 255, 255, 255, 255, 1]));
            add($"{name} header count -1", ErrorCode.InvalidRecord, Of(codec, null, RawRecord.Simple(headers: RawRecord.Int(-1))));
            add($"{name} header null key", ErrorCode.InvalidRecord, Of(codec, null, RawRecord.Simple(headers: [2, 1, 1])));
            add($"{name} timestamp", ErrorCode.InvalidTimestamp, Of(codec, null, RawRecord.Simple(0, 2 * Hour)));
            add($"{name} no bytes", codec == Zstd ? ErrorCode.InvalidRecord : ErrorCode.UnknownServerError, Of(codec, []));
        }
        add("gzip of nothing", ErrorCode.InvalidRecord, Of(Gzip, RawBatch.Pack(CompressionCodec.Gzip, [])));
        add("gzip cut", ErrorCode.UnknownServerError, Of(Gzip, gzipped[..^12]));
        add("gzip without trailer", ErrorCode.UnknownServerError, Of(Gzip, gzipped[..^8]));
        add("gzip with a zero trailer", ErrorCode.UnknownServerError, Of(Gzip, [.. gzipped[..^8], .. new byte[8]]));
        add("snappy without frame", ErrorCode.None, Of(Snappy, rawSnappy));
        add("snappy frame alone", ErrorCode.InvalidRecord, Of(Snappy, frame));
        byte[] secondVersion = [.. frame[..11], 2, 0, 0, 0, 2, 0, 0, 0, (byte)rawSnappy.Length, .. rawSnappy];
        add("snappy frame version 2", ErrorCode.None, Of(Snappy, secondVersion));
        add("snappy bad chunk", ErrorCode.UnknownServerError, Of(Snappy, [.. frame, 0, 0, 0, 5, 1, 2, 3, 4, 5]));
        byte[] pastTheEnd = [.. frame, 0, 0, 0, (byte)(rawSnappy.Length + 1), .. rawSnappy];
        add("snappy chunk past the end", ErrorCode.UnknownServerError, Of(Snappy, pastTheEnd));
    }
}
