using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class PartitionLogTests
{
    [Fact]
    public void A_log_that_nobody_wrote_to_has_no_files()
    {
        using var node = new TestNode();
        var log = node.Open();
        Assert.Equal(0, log.LogEndOffset);
        Assert.Equal(0, log.LastStableOffset);
        Assert.False(Directory.Exists(node.PartitionPath));
    }

    [Fact]
    public void The_first_append_makes_directory_topic_id_and_segment()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 1);
        Assert.Equal($"version: 0\ntopic_id: {TestNode.TopicId}", File.ReadAllText(Path.Combine(node.PartitionPath, "partition.metadata")));
        Assert.True(File.Exists(Path.Combine(node.PartitionPath, "00000000000000000000.log")));
    }

    [Fact]
    public void What_was_appended_is_read_back_from_any_offset()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 500);
        for (long offset = 0; offset < log.LogEndOffset; offset += 97) TestNode.AssertWhole(log, offset);
    }

    [Fact]
    public void Several_batches_go_in_with_one_call()
    {
        using var node = new TestNode();
        var log = node.Open();
        var batches = Enumerable.Range(0, 700).Select(i => BatchSource.Plain(node.Pool, i * 2, 2)).ToArray();
        Assert.Equal(700, TestNode.Append(log, batches).Appended);
        TestNode.AssertWhole(log);
    }

    [Theory]
    [InlineData(-365)]
    [InlineData(365)]
    public void What_is_not_flushed_grows_old_whatever_the_wall_clock_says(int days)
    {
        using var node = new TestNode(TestNode.Lasting with { FlushIntervalMs = 40 });
        var log = node.Open();
        var batch = BatchSource.Plain(node.Pool, 0, 1);
        log.Append([batch], DateTimeOffset.UtcNow.AddDays(days).ToUnixTimeMilliseconds());
        batch.Buffer.Release();
        Assert.True(SpinWait.SpinUntil(() => log.NeedsFlush(), TimeSpan.FromSeconds(20)));
        TestNode.Flush(log);
        Assert.False(log.NeedsFlush());
    }

    /// <summary>A follower that is read from cuts off and writes anew what lies beyond the watermark, while readers look for their end.</summary>
    [Fact]
    public void What_is_not_committed_is_not_looked_at_however_it_looks()
    {
        using var node = new TestNode(new StorageSettings { TailBudgetBytes = 0 });
        var log = node.Open();
        Assert.True(TestNode.Append(log, [.. Enumerable.Range(0, 3).Select(i => BatchSource.Plain(node.Pool, i * 2, 2))]).IsComplete);
        log.UpdateHighWatermark(4);
        var file = Path.Combine(node.PartitionPath, "00000000000000000000.log");
        var committed = new RecordBatches(File.ReadAllBytes(file));
        for (var i = 0; i < 2; i++) Assert.True(committed.MoveNext());
        var length = committed.Consumed;
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) RandomAccess.Write(handle, new byte[61], length);
        var slices = new List<ReadSlice>();
        Assert.Equal(length, log.View.Plan(0, 4, 1 << 20, firstBatchWhole: true, slices));
        Assert.Equal(length, slices.Sum(slice => slice.Length));
        slices.ForEach(slice => slice.Release());
    }

    [Fact]
    public void Segments_roll_by_size_and_reads_cross_them()
    {
        using var node = new TestNode();
        var log = node.Open(new PartitionSettings { SegmentBytes = 4000 });
        var batches = Enumerable.Range(0, 300).Select(i => BatchSource.Plain(node.Pool, i * 3, 3)).ToArray();
        Assert.True(TestNode.Append(log, batches).IsComplete);
        Assert.True(log.SegmentCount > 5, $"{log.SegmentCount} segments");
        Assert.All(new DirectoryInfo(node.PartitionPath).GetFiles("*.log"), file => Assert.InRange(file.Length, 1, 4000));
        TestNode.AssertWhole(log);
        TestNode.AssertWhole(log, 451);
    }

    [Fact]
    public void Segments_roll_by_record_time()
    {
        using var node = new TestNode();
        var log = node.Open(new PartitionSettings { SegmentMs = 1000 });
        TestNode.Append(log, BatchSource.Plain(node.Pool, 0, 1, timestampMs: 5000));
        TestNode.Append(log, BatchSource.Plain(node.Pool, 1, 1, timestampMs: 6000));
        Assert.Equal(1, log.SegmentCount);
        TestNode.Append(log, BatchSource.Plain(node.Pool, 2, 1, timestampMs: 6001));
        Assert.Equal(2, log.SegmentCount);
    }

    [Fact]
    public void Segments_roll_when_offsets_outgrow_the_index()
    {
        using var node = new TestNode();
        var log = node.Open();
        TestNode.Append(log, BatchSource.Plain(node.Pool, 0, 1));
        TestNode.Append(log, BatchSource.Plain(node.Pool, 5L + int.MaxValue, 1));
        Assert.Equal(2, log.SegmentCount);
        Assert.Equal(6L + int.MaxValue, log.LogEndOffset);
    }

    [Fact]
    public void A_plan_ends_at_a_whole_batch_below_the_bound()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 100, recordsPerBatch: 4);
        Assert.Equal(16, TestNode.Read(log, 0, upperBound: 66).Count);
        var one = TestNode.ReadBytes(log.View, 0, 400, maxBytes: 1);
        var two = TestNode.ReadBytes(log.View, 0, 400, maxBytes: (one.Length * 2) + 5);
        Assert.Equal(one.Length * 2, two.Length);
    }

    [Fact]
    public void A_first_batch_over_the_limit_comes_only_when_asked_for()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 3, valueBytes: 3000);
        var slices = new List<ReadSlice>();
        Assert.Equal(0, log.View.Plan(0, 9, 100, firstBatchWhole: false, slices));
        Assert.Empty(slices);
        Assert.True(log.View.Plan(0, 9, 100, firstBatchWhole: true, slices) > 9000);
        slices.ForEach(slice => slice.Release());
    }

    [Fact]
    public void A_restart_after_a_clean_stop_goes_on_where_it_ended()
    {
        using var node = new TestNode();
        var settings = new PartitionSettings { SegmentBytes = 20_000 };
        var log = node.Open(settings);
        node.Fill(log, 400, leaderEpoch: 3);
        var end = log.LogEndOffset;
        node.Restart(log);
        Assert.True(node.Logs.WasCleanShutdown);
        log = node.Open(settings);
        Assert.Equal(end, log.LogEndOffset);
        Assert.Equal(end, log.HighWatermark);
        Assert.Equal(end, log.RecoveryPoint);
        Assert.Equal(3, log.LatestEpoch);
        Assert.Equal(0, node.Environment.OpenFiles);
        node.Fill(log, 100, leaderEpoch: 4);
        TestNode.AssertWhole(log);
        Assert.Equal(end, log.FindEpochEndOffset(3).EndOffset);
    }

    [Fact]
    public void The_marker_of_a_clean_stop_is_gone_while_a_broker_runs()
    {
        using var node = new TestNode();
        var marker = Path.Combine(node.Root, ".kafka_cleanshutdown");
        node.Restart();
        Assert.False(File.Exists(marker));
        node.Logs.Close(clean: true, brokerEpoch: 7);
        Assert.Equal("""{"version":0,"brokerEpoch":7}""", File.ReadAllText(marker));
        node.Start();
        Assert.Equal(7, node.Logs.CleanShutdownEpoch);
    }

    [Fact]
    public void A_second_start_on_a_directory_is_refused_with_words()
    {
        using var node = new TestNode();
        var error = Assert.Throws<LogDirectoryLockedException>(() => new TestNode(root: node.Root));
        Assert.Contains("another broker is running", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_of_another_topic_of_that_name_is_refused()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 1);
        node.Restart(log);
        var other = new Protocol.Uuid(9, 9);
        Assert.Throws<LogTopicMismatchException>(() => PartitionLog.Open(node.Logs, TestNode.Partition, other, new PartitionSettings(), node.Logs.OpenMode));
    }

    [Fact]
    public void A_deleted_partition_leaves_its_name_free_at_once_and_its_readers_alone()
    {
        using var node = new TestNode();
        var log = node.Open(new PartitionSettings { FileDeleteDelayMs = 0 });
        node.Fill(log, 10);
        var slices = new List<ReadSlice>();
        log.View.Plan(0, log.LogEndOffset, 1 << 20, true, slices);
        log.Delete();
        Assert.False(Directory.Exists(node.PartitionPath));
        Assert.Single(Directory.GetDirectories(node.Root, "orders-0.*-delete"));
        node.Logs.RemoveDeleted();
        Assert.Empty(Directory.GetDirectories(node.Root));
        Assert.Equal(slices[0].Length, RandomAccess.Read(slices[0].File!.Handle, new byte[slices[0].Length], slices[0].Position));
        slices.ForEach(slice => slice.Release());
        var again = node.Open();
        Assert.Equal(0, again.LogEndOffset);
    }
}
