using System.Text;
using ActorBroker.Server.Cli.Bench;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Tests.Cli;

public sealed class TextTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("order", "orders")]
    [InlineData("odrers", "orders")]
    [InlineData("ORDERS", "orders")]
    [InlineData("payments-v2", "payments")]
    [InlineData("xyz", null)]
    public void The_nearest_name_is_the_one_with_fewest_edits(string given, string? expected) =>
        Assert.Equal(expected, NearestName.Find(given, ["orders", "payments", "clicks"]));

    [Theory]
    [InlineData("broker:9093", "broker", 9093)]
    [InlineData("broker", "broker", 9092)]
    [InlineData("[::1]:9094", "::1", 9094)]
    [InlineData("::1", "::1", 9092)]
    public void Addresses_have_a_default_port(string text, string host, int port)
    {
        Assert.True(BrokerAddress.TryParse(text, out var address, out _));
        Assert.Equal(new BrokerAddress(host, port), address);
    }

    [Theory]
    [InlineData("broker:x")]
    [InlineData("broker:0")]
    [InlineData("broker:70000")]
    [InlineData(":9092")]
    [InlineData("kafka://broker:9092")]
    public void What_is_no_address_is_refused_with_a_reason(string text)
    {
        Assert.False(BrokerAddress.TryParse(text, out _, out var error));
        Assert.Contains(text, error);
    }

    [Theory]
    [InlineData("start", 0, 0L)]
    [InlineData("end", 1, 0L)]
    [InlineData("17", 2, 17L)]
    [InlineData("-5", 3, 5L)]
    [InlineData("@1700000000000", 4, 1_700_000_000_000L)]
    [InlineData("@2026-05-01T11:00:00Z", 4, 1_777_633_200_000L)]
    [InlineData("@2026-05-01T13:00:00+02:00", 4, 1_777_633_200_000L)]
    [InlineData("@1h", 4, 1_777_633_200_000L)]
    [InlineData("@-60m", 4, 1_777_633_200_000L)]
    public void Offsets_are_names_numbers_counts_from_the_end_or_times(string text, int kind, long number)
    {
        Assert.True(OffsetSpec.TryParse(text, Now, out var spec));
        Assert.Equal(new OffsetSpec((OffsetKind)kind, number), spec);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("@")]
    [InlineData("@yesterday")]
    [InlineData("")]
    public void What_is_no_offset_is_refused(string text) => Assert.False(OffsetSpec.TryParse(text, Now, out _));

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("PT1H", 3_600_000)]
    public void Durations_have_units(string text, double milliseconds)
    {
        Assert.True(TimeText.TryParseDuration(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
        Assert.False(TimeText.TryParseDuration("10", out _));
    }

    [Fact]
    public void Escapes_become_bytes()
    {
        Assert.Equal("a\n\t\\"u8.ToArray(), Escapes.ToBytes("a\\n\\t\\\\"));
        Assert.Equal([0xFF, 0x00], Escapes.ToBytes("\\xFF\\0"));
        Assert.Equal("é😀"u8.ToArray(), Escapes.ToBytes("é😀"));
        Assert.Throws<FormatException>(() => Escapes.ToBytes("\\q"));
        Assert.Throws<FormatException>(() => Escapes.ToBytes("end\\"));
    }

    [Fact]
    public void Tables_align_numbers_to_the_right()
    {
        var table = new TextTable("NAME", ">N", "STATE");
        table.Add("a", "100", "ok");
        table.Add("longer", "7", "bad");
        var text = new StringWriter { NewLine = "\n" };
        table.Write(text);
        Assert.Equal("NAME      N  STATE\na       100  ok\nlonger    7  bad\n", text.ToString());
    }

    [Fact]
    public async Task A_stream_is_cut_at_the_delimiter_and_its_unended_rest_counts()
    {
        var reader = new DelimitedReader(new TricklingStream("one||two||||four"u8.ToArray()), "||"u8.ToArray());
        var records = new List<string>();
        while (await reader.NextAsync(default) is { } record) records.Add(Encoding.UTF8.GetString(record.Span));
        Assert.Equal(["one", "two", "", "four"], records);
        Assert.Null(await reader.NextAsync(default));
    }

    [Fact]
    public async Task A_stream_that_ends_with_the_delimiter_has_no_empty_last_record()
    {
        var reader = new DelimitedReader(new MemoryStream("a\nb\n"u8.ToArray()), "\n"u8.ToArray());
        var count = 0;
        while (await reader.NextAsync(default) is not null) count++;
        Assert.Equal(2, count);
    }

    [Fact]
    public async Task Records_longer_than_the_buffer_come_whole()
    {
        var bytes = Enumerable.Repeat((byte)'x', 300_000).Append((byte)'\n').Append((byte)'y').ToArray();
        var reader = new DelimitedReader(new MemoryStream(bytes), "\n"u8.ToArray());
        Assert.Equal(300_000, (await reader.NextAsync(default))!.Value.Length);
        Assert.Equal(1, (await reader.NextAsync(default))!.Value.Length);
    }

    [Theory]
    [InlineData("abc", 479470107u)]
    [InlineData("21", unchecked((uint)-973932308))]
    [InlineData("foobar", unchecked((uint)-790332482))]
    [InlineData("a-little-bit-long-string", unchecked((uint)-985981536))]
    [InlineData("a-little-bit-longer-string", unchecked((uint)-1486304829))]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", unchecked((uint)-58897971))]
    public void Keys_hash_as_in_the_java_client(string key, uint hash) => Assert.Equal(hash, Murmur2.Hash(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void Error_codes_are_named_as_in_kafka_s_documentation()
    {
        Assert.Equal("UNKNOWN_TOPIC_OR_PARTITION", ErrorNames.Of(Protocol.ErrorCode.UnknownTopicOrPartition));
        Assert.Equal("NONE", ErrorNames.Of(Protocol.ErrorCode.None));
        Assert.Equal("ERROR_999", ErrorNames.Of((Protocol.ErrorCode)999));
    }

    [Fact]
    public void Percentiles_are_right_within_two_percent()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 100_000; i++) histogram.Add(i);
        Assert.Equal(100_000, histogram.Count);
        Assert.Equal(100_000, histogram.MaxMicros);
        Assert.InRange(histogram.Percentile(50), 50_000, 51_000);
        Assert.InRange(histogram.Percentile(99), 99_000, 100_000);
        Assert.Equal(100_000, histogram.Percentile(100));
        Assert.InRange(histogram.MeanMicros, 50_000, 50_001);
    }

    [Fact]
    public void Small_durations_are_counted_exactly()
    {
        var histogram = new LatencyHistogram();
        for (var i = 0; i < 64; i++) histogram.Add(i);
        Assert.Equal(0, histogram.Percentile(1));
        Assert.Equal(31, histogram.Percentile(50));
        Assert.Equal(63, histogram.Percentile(100));
        Assert.Equal(0, new LatencyHistogram().Percentile(99));
    }

    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
