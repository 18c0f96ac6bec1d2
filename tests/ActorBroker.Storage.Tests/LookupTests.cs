using ActorBroker.Core.Partitions;
using ActorBroker.Protocol.Compression;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class LookupTests
{
    private static readonly PartitionSettings Small = new() { SegmentBytes = 5000, IndexIntervalBytes = 300 };

    [Fact]
    public void The_first_record_at_or_after_a_time_is_found_whatever_the_order_of_times()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        var random = new Random(5);
        var times = new List<long>();
        for (var i = 0; i < 600; i++)
        {
            var time = 1_000_000 + (i * 10) + random.Next(-400, 400);
            times.Add(time);
            TestNode.Append(log, BatchSource.Plain(node.Pool, i, 1, timestampMs: time));
        }
        log.UpdateHighWatermark(600);
        for (var pass = 0; pass < 2; pass++)
        {
            for (var wanted = 999_000; wanted < 1_007_000; wanted += 37)
            {
                var expected = times.FindIndex(time => time >= wanted);
                var found = log.FindOffsetByTimestamp(wanted, 600);
                Assert.Equal((expected, expected < 0 ? -1 : times[expected]), (found.Offset, found.TimestampMs));
            }
            var max = log.FindMaxTimestamp(600);
            Assert.Equal((times.IndexOf(times.Max()), times.Max()), (max.Offset, max.TimestampMs));
            node.Restart(log);
            log = node.Open(Small);
        }
    }

    [Fact]
    public void Nothing_beyond_the_bound_or_before_the_log_start_is_found()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        for (var i = 0; i < 300; i++) TestNode.Append(log, BatchSource.Plain(node.Pool, i, 1, timestampMs: 1000 + i));
        log.UpdateHighWatermark(300);
        Assert.Equal(-1, log.FindOffsetByTimestamp(1200, upperBound: 200).Offset);
        Assert.Equal(199, log.FindMaxTimestamp(upperBound: 200).Offset);
        log.IncrementLogStart(100);
        Assert.Equal(100, log.FindOffsetByTimestamp(0, 300).Offset);
        Assert.Equal(-1, log.FindMaxTimestamp(0).Offset);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Lz4)]
    public void Compressed_batches_are_looked_into(CompressionCodec codec)
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        using var builder = new Protocol.Records.RecordBatchBuilder(new Protocol.Records.RecordBatchOptions { LeaderEpoch = 4, Codec = codec });
        for (var i = 0; i < 10; i++) builder.Append(1000 + (i % 5), null, new byte[50]);
        TestNode.Append(log, BatchSource.Lease(node.Pool, builder.Build().Span));
        Assert.Equal(new Core.Ports.OffsetLookup(Protocol.ErrorCode.None, 3, 1003, 4), log.FindOffsetByTimestamp(1003, 10));
        Assert.Equal(4, log.FindMaxTimestamp(10).Offset);
    }

    [Fact]
    public void More_logs_than_descriptors_work()
    {
        using var node = new TestNode(new StorageSettings { OpenFilesMax = 10, ProducerExpirationMs = long.MaxValue / 2 });
        var logs = Enumerable.Range(0, 60).Select(i => node.Open(Small, new Core.Kernel.TopicPartition("many", i))).ToList();
        for (var round = 0; round < 5; round++)
            foreach (var log in logs) node.Fill(log, 20);
        Assert.InRange(node.Environment.OpenFiles, 0, 12);
        Assert.All(logs, log => TestNode.AssertWhole(log));
        Assert.InRange(node.Environment.OpenFiles, 0, 12);
        node.Restart([.. logs]);
        logs = [.. logs.Select(log => node.Open(Small, log.Partition))];
        Assert.All(logs, log => Assert.Equal(300, log.LogEndOffset));
        Assert.All(logs, log => TestNode.AssertWhole(log));
    }

    [Fact]
    public void The_directory_tells_its_partitions_apart_from_what_is_leaving()
    {
        using var node = new TestNode();
        foreach (var name in new[]
                 {
                     "a-0", "with.dots-and-dashes-12", "gone-3.0123456789abcdef0123456789abcdef-delete", "__cluster_metadata-0", "lost+found",
                     "b-1.0123456789abcdef0123456789abcdef-future", "c-2.0123456789abcdef0123456789abcdef-stray", "odd-delete",
                 })
            Directory.CreateDirectory(Path.Combine(node.Root, name));
        var listed = node.Logs.ListPartitions().Select(stored => $"{stored.Partition} {stored.IsFuture}").Order(StringComparer.Ordinal);
        Assert.Equal(["a-0 False", "b-1 True", "with.dots-and-dashes-12 False"], listed);
        node.Logs.RemoveDeleted();
        Assert.False(Directory.Exists(Path.Combine(node.Root, "gone-3.0123456789abcdef0123456789abcdef-delete")));
        Assert.True(node.Said.Has(StorageLogLevel.Warning, "stray"));
    }

    [Fact]
    public void Damaged_checkpoints_count_as_missing()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        node.Fill(log, 50);
        node.Restart(log);
        foreach (var path in Directory.GetFiles(node.Root, "*-checkpoint")) File.WriteAllText(path, "0\n7\norders 0 12\n");
        node.Logs.Dispose();
        node.Start();
        log = node.Open(Small);
        Assert.Equal(150, log.LogEndOffset);
        TestNode.AssertWhole(log);
        Assert.True(node.Said.Has(StorageLogLevel.Warning, "damaged"));
    }
}
