using System.Buffers;
using System.Text;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Tests.Cli;

public sealed class RecordFormatTests
{
    [Theory]
    [InlineData("%k=%v\\n", "key=value\n")]
    [InlineData("%t-%p@%o %T", "orders-3@41 1700000000000")]
    [InlineData("%K/%V/%S", "3/5/5")]
    [InlineData("[%h]", "[a=1,b=NULL]")]
    [InlineData("100%% \\x41\\t%s", "100% A\tvalue")]
    [InlineData("ä %v", "ä value")]
    public void Tokens_are_replaced_by_what_they_name(string format, string expected) => Assert.Equal(expected, Format(format, Batch("key", "value")));

    [Fact]
    public void Null_has_length_minus_one_and_no_bytes() => Assert.Equal("|-1|-1", Format("%k%v|%K|%V", Batch(null, null)));

    [Fact]
    public void A_length_can_be_four_bytes() =>
        Assert.Equal([0, 0, 0, 5, (byte)'v'], Bytes(RecordFormat.Parse("%R%v"), Batch("key", "value"))[..5]);

    [Theory]
    [InlineData("%q")]
    [InlineData("%")]
    [InlineData("\\y")]
    public void An_unknown_token_is_refused(string format) => Assert.Throws<FormatException>(() => RecordFormat.Parse(format));

    [Fact]
    public void Json_written_by_consume_is_read_by_produce()
    {
        using var json = new RecordJson();
        var output = new ArrayBufferWriter<byte>();
        RecordWalker.Walk(Batch("key", "val\"ue\n"), false, (scoped in RecordSlice record) =>
        {
            json.Write(output, record);
            return true;
        });
        Assert.Equal((byte)'\n', output.WrittenSpan[^1]);
        Assert.Equal(1, output.WrittenSpan.Count((byte)'\n'));
        var read = RecordJson.Read(output.WrittenSpan);
        Assert.Equal("key", Encoding.UTF8.GetString(read.Key!));
        Assert.Equal("val\"ue\n", Encoding.UTF8.GetString(read.Value!));
        Assert.Equal(3, read.Partition);
        Assert.Equal(1_700_000_000_000, read.TimestampMs);
        Assert.Equal(["a", "b"], read.Headers.Select(h => h.Key));
        Assert.Equal("1", Encoding.UTF8.GetString(read.Headers[0].Value!));
        Assert.Null(read.Headers[1].Value);
    }

    [Fact]
    public void Json_takes_bytes_as_base64_objects_as_text_and_headers_as_a_map()
    {
        var read = RecordJson.Read("""{"keyBase64":"/wA=","value":{"a":[1,2]},"headers":{"h":"x"}}"""u8);
        Assert.Equal([0xFF, 0x00], read.Key);
        Assert.Equal("""{"a":[1,2]}""", Encoding.UTF8.GetString(read.Value!));
        Assert.Equal("h", Assert.Single(read.Headers).Key);
        Assert.Null(RecordJson.Read("""{"key":"k","value":null}"""u8).Value);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("""{"partition":"x"}""")]
    [InlineData("""{"keyBase64":"?"}""")]
    public void Json_that_is_no_record_is_refused(string line) => Assert.Throws<FormatException>(() => RecordJson.Read(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void An_input_pattern_takes_a_line_apart()
    {
        var record = InputPattern.Parse("%p|%T|%h|%k:%v\\n").Read("2|1700000000000|a=1,b|the key:the:value"u8);
        Assert.Equal(2, record.Partition);
        Assert.Equal(1_700_000_000_000, record.TimestampMs);
        Assert.Equal("the key", Encoding.UTF8.GetString(record.Key!));
        Assert.Equal("the:value", Encoding.UTF8.GetString(record.Value!));
        Assert.Equal(["a", "b"], record.Headers.Select(h => h.Key));
        Assert.Null(record.Headers[1].Value);
    }

    [Theory]
    [InlineData("%k%v")]
    [InlineData("%v %v")]
    [InlineData("only text")]
    [InlineData("%o %v")]
    public void An_ambiguous_input_pattern_is_refused(string pattern) => Assert.Throws<FormatException>(() => InputPattern.Parse(pattern));

    [Theory]
    [InlineData("%k:%v", "no delimiter")]
    [InlineData("%p:%v", "x:value")]
    [InlineData("<%v>", "<value> and more")]
    [InlineData("<%v>", "value>")]
    public void A_line_that_does_not_fit_the_pattern_is_refused(string pattern, string line) =>
        Assert.Throws<FormatException>(() => InputPattern.Parse(pattern).Read(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Lz4)]
    public void A_walk_gives_the_records_from_the_asked_offset_on(CompressionCodec codec)
    {
        var fetched = Fetched(101, new RecordBatchOptions { BaseOffset = 100, Codec = codec }, 3);
        Assert.Equal([101, 102], Offsets(fetched, false));
    }

    [Fact]
    public void Control_records_are_left_out() =>
        Assert.Empty(Offsets(Fetched(0, new RecordBatchOptions { IsControl = true, IsTransactional = true, ProducerId = 1 }, 1), false));

    [Fact]
    public void Records_of_an_aborted_transaction_are_left_out_under_read_committed()
    {
        var options = new RecordBatchOptions { BaseOffset = 10, IsTransactional = true, ProducerId = 7, ProducerEpoch = 0, BaseSequence = 0 };
        var fetched = Fetched(10, options, 2) with { Aborted = [(7, 10)] };
        Assert.Empty(Offsets(fetched, true));
        Assert.Equal([10, 11], Offsets(fetched, false));
        Assert.Equal([10, 11], Offsets(fetched with { Aborted = [(8, 10)] }, true));
        Assert.Equal([10, 11], Offsets(fetched with { Aborted = [(7, 20)] }, true));
    }

    [Fact]
    public void A_batch_with_a_wrong_checksum_is_an_error()
    {
        var fetched = Batch("key", "value");
        var bytes = fetched.Records.ToArray();
        bytes[^1] ^= 1;
        Assert.Throws<ClientException>(() => Offsets(fetched with { Records = bytes }, false));
    }

    private static List<long> Offsets(FetchedPartition fetched, bool readCommitted)
    {
        var offsets = new List<long>();
        RecordWalker.Walk(fetched, readCommitted, (scoped in RecordSlice record) =>
        {
            offsets.Add(record.Offset);
            return true;
        });
        return offsets;
    }

    private static FetchedPartition Fetched(long from, RecordBatchOptions options, int count)
    {
        using var builder = new RecordBatchBuilder(options);
        for (var i = 0; i < count; i++) builder.Append(1_700_000_000_000, NullableBytes.Null, "value"u8.ToArray());
        return new FetchedPartition(new TopicPartition("orders", 3), from, from + count, from + count, builder.Build().ToArray(), []);
    }

    private static FetchedPartition Batch(string? key, string? value)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = 41 });
        builder.Append(1_700_000_000_000, key is null ? null : Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value),
            [new RecordHeaderValue("a", "1"u8.ToArray()), new RecordHeaderValue("b", null)]);
        return new FetchedPartition(new TopicPartition("orders", 3), 41, 42, 42, builder.Build().ToArray(), []);
    }

    private static byte[] Bytes(RecordFormat format, FetchedPartition fetched)
    {
        var output = new ArrayBufferWriter<byte>();
        RecordWalker.Walk(fetched, false, (scoped in RecordSlice record) =>
        {
            format.Write(output, record);
            return true;
        });
        return output.WrittenSpan.ToArray();
    }

    private static string Format(string format, FetchedPartition fetched) => Encoding.UTF8.GetString(Bytes(RecordFormat.Parse(format), fetched));
}
