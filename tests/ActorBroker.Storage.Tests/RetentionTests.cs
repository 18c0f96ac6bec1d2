using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class RetentionTests
{
    private static readonly PartitionSettings Small = new() { SegmentBytes = 2000, FileDeleteDelayMs = 0, RetentionMs = -1 };

    [Fact]
    public void By_size_the_log_keeps_at_least_what_it_should()
    {
        using var node = new TestNode();
        var log = node.Open(Small with { RetentionBytes = 6000 });
        node.Fill(log, 100);
        Assert.True(log.ApplyRetention(BatchSource.Epoch2024) > 0);
        Assert.InRange(log.SizeInBytes, 6000, 8000);
        Assert.True(log.LogStartOffset > 0);
        TestNode.AssertWhole(log, log.LogStartOffset);
        Assert.Equal(0, log.ApplyRetention(BatchSource.Epoch2024));
    }

    [Fact]
    public void By_time_whole_segments_go_and_the_last_one_is_rolled()
    {
        using var node = new TestNode();
        var log = node.Open(Small with { RetentionMs = 10_000 });
        node.Fill(log, 100);
        Assert.Equal(0, log.ApplyRetention(BatchSource.Epoch2024 + 10_000));
        Assert.True(log.ApplyRetention(BatchSource.Epoch2024 + 10_150) > 0);
        Assert.InRange(log.LogStartOffset, 1, 299);
        log.ApplyRetention(BatchSource.Epoch2024 + 20_000);
        Assert.Equal(300, log.LogStartOffset);
        Assert.Equal(1, log.SegmentCount);
        Assert.Equal(0, log.SizeInBytes);
        Assert.Equal(0, log.ApplyRetention(BatchSource.Epoch2024 + 90_000));
        node.Fill(log, 2);
        node.Restart(log);
        log = node.Open(Small);
        Assert.Equal((300, 306), (log.LogStartOffset, log.LogEndOffset));
    }

    [Fact]
    public void Silent_producers_are_forgotten_as_the_settings_of_the_moment_say()
    {
        using var node = new TestNode();
        var log = node.Open();
        TestNode.Append(log, BatchSource.From(node.Pool, 0, producerId: 7, epoch: 0, sequence: 0));
        Assert.Equal(0, log.ExpireProducers(BatchSource.Epoch2024 + 5000));
        log.Settings = log.Settings with { ProducerExpirationMs = 1000 };
        Assert.Equal(1, log.ExpireProducers(BatchSource.Epoch2024 + 5000));
    }

    [Fact]
    public void Nothing_goes_above_the_high_watermark()
    {
        using var node = new TestNode();
        var log = node.Open(Small with { RetentionMs = 0 });
        for (var i = 0; i < 100; i++) TestNode.Append(log, BatchSource.Plain(node.Pool, i, 1));
        Assert.Equal(0, log.ApplyRetention(BatchSource.Epoch2024 + 1_000_000));
        log.UpdateHighWatermark(50);
        log.ApplyRetention(BatchSource.Epoch2024 + 1_000_000);
        Assert.InRange(log.LogStartOffset, 1, 50);
    }

    [Fact]
    public void A_moved_log_start_survives_restarts_of_both_kinds()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        node.Fill(log, 100);
        Assert.False(log.IncrementLogStart(301));
        Assert.True(log.IncrementLogStart(77));
        Assert.False(log.IncrementLogStart(70));
        node.Restart(log);
        log = node.Open(Small);
        Assert.Equal(77, log.LogStartOffset);
        Assert.True(log.IncrementLogStart(144));
        node.Logs.WriteCheckpoints();
        node.Kill(log);
        log = node.Open(Small);
        Assert.Equal(144, log.LogStartOffset);
        Assert.True(log.ApplyRetention(0) > 0);
        Assert.Equal(144, log.LogStartOffset);
        TestNode.AssertWhole(log, 144);
    }

    [Fact]
    public void Deleted_segments_stay_readable_to_who_planned_before_and_go_after_the_delay()
    {
        using var node = new TestNode();
        var log = node.Open(Small with { RetentionBytes = 0 });
        node.Fill(log, 100);
        var slices = new List<ReadSlice>();
        log.View.Plan(0, 300, 1 << 20, true, slices);
        log.ApplyRetention(BatchSource.Epoch2024);
        Assert.NotEmpty(Directory.GetFiles(node.PartitionPath, "*.deleted"));
        node.Logs.RemoveDeleted();
        Assert.Empty(Directory.GetFiles(node.PartitionPath, "*.deleted"));
        foreach (var slice in slices)
        {
            Assert.Equal(slice.Length, RandomAccess.Read(slice.File!.Handle, new byte[slice.Length], slice.Position));
            slice.Release();
        }
    }

    [Fact]
    public void Compact_only_logs_lose_nothing_to_time_or_size()
    {
        using var node = new TestNode();
        var log = node.Open(Small with { IsDeleted = false, IsCompacted = true, RetentionBytes = 0, RetentionMs = 0 });
        node.Fill(log, 100);
        Assert.Equal(0, log.ApplyRetention(BatchSource.Epoch2024 + 1_000_000));
    }
}
