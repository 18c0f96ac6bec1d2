using System.Runtime.CompilerServices;
using System.Text;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Protocol.Tests.Records;

/// <summary>
/// Batches written by Kafka 4.3.1's own classes (Data/*.bin) and the rule by which their records were made: record i has key "key-i"
/// (null when i is a multiple of 5), value "value-i-" i%40+1 times (null when i%7 is 3), i%3 headers "h0", "h1" (the second with a
/// null value), timestamp 1,700,000,000,000 + 37·i % 1000.
/// </summary>
internal static class KafkaVectors
{
    public const long BaseTimestamp = 1_700_000_000_000;

    public static byte[] Load(string name, [CallerFilePath] string here = "") =>
        File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(here)!, "Data", name + ".bin"));

    public static byte[]? Key(int i) => i % 5 == 0 ? null : Encoding.UTF8.GetBytes($"key-{i}");

    public static byte[]? Value(int i) =>
        i % 7 == 3 ? null : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"value-{i}-", (i % 40) + 1)));

    public static RecordHeaderValue[] Headers(int i) =>
        [.. Enumerable.Range(0, i % 3).Select(j => new RecordHeaderValue($"h{j}", j == 1 ? null : Encoding.UTF8.GetBytes($"é{i}")))];

    public static long Timestamp(int i) => BaseTimestamp + (i * 37L % 1000);

    public static void Fill(RecordBatchBuilder builder, int count)
    {
        for (var i = 0; i < count; i++) builder.Append(Timestamp(i), Key(i), Value(i), Headers(i));
    }

    public static void AssertIs(int i, scoped in RecordReader record)
    {
        Assert.Equal(Key(i) is null, record.KeyIsNull);
        Assert.True(record.Key.SequenceEqual(Key(i)));
        Assert.Equal(Value(i) is null, record.ValueIsNull);
        Assert.True(record.Value.SequenceEqual(Value(i)));
        var expected = Headers(i);
        var at = 0;
        foreach (var header in record.Headers)
        {
            Assert.Equal(expected[at].Key, Encoding.UTF8.GetString(header.Key));
            Assert.Equal(expected[at].Value is null, header.ValueIsNull);
            Assert.True(header.Value.SequenceEqual(expected[at].Value));
            at++;
        }
        Assert.Equal(expected.Length, at);
        Assert.Equal(expected.Length, record.HeaderCount);
    }
}
