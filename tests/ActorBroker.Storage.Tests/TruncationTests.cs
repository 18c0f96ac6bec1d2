using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class TruncationTests
{
    private static readonly PartitionSettings Small = new() { SegmentBytes = 4000, FileDeleteDelayMs = 0 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cut_log_ends_there_and_goes_on(bool belowWatermark)
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        node.Fill(log, 200);
        if (!belowWatermark) log = Reopened(node, log, highWatermark: 0);
        log.TruncateTo(301);
        Assert.Equal(300, log.LogEndOffset);
        TestNode.AssertWhole(log);
        node.Fill(log, 50, leaderEpoch: 1);
        Assert.Equal(450, log.LogEndOffset);
        TestNode.AssertWhole(log);
        node.Restart(log);
        log = node.Open(Small);
        Assert.Equal(450, log.LogEndOffset);
        TestNode.AssertWhole(log);
    }

    [Fact]
    public void A_cut_below_the_watermark_leaves_readers_their_bytes()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 100);
        var slices = new List<ReadSlice>();
        log.View.Plan(0, 300, 1 << 20, true, slices);
        var before = new byte[slices[0].Length];
        RandomAccess.Read(slices[0].File!.Handle, before, 0);
        log.TruncateTo(150);
        node.Fill(log, 80, recordsPerBatch: 1, valueBytes: 50, leaderEpoch: 1);
        var after = new byte[before.Length];
        Assert.Equal(after.Length, RandomAccess.Read(slices[0].File!.Handle, after, 0));
        Assert.Equal(before, after);
        slices.ForEach(slice => slice.Release());
        TestNode.AssertWhole(log);
    }

    [Fact]
    public void Epochs_beyond_the_cut_are_forgotten()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        node.Fill(log, 10, leaderEpoch: 1);
        node.Fill(log, 10, leaderEpoch: 2);
        node.Fill(log, 10, leaderEpoch: 5);
        Assert.Equal(new EpochEndOffset(1, 30), log.FindEpochEndOffset(1));
        Assert.Equal(new EpochEndOffset(2, 60), log.FindEpochEndOffset(4));
        Assert.Equal(new EpochEndOffset(5, 90), log.FindEpochEndOffset(5));
        Assert.Equal(new EpochEndOffset(-1, -1), log.FindEpochEndOffset(6));
        log.TruncateTo(60);
        Assert.Equal(2, log.LatestEpoch);
        Assert.Equal(new EpochEndOffset(2, 60), log.FindEpochEndOffset(2));
        log.AssignEpoch(7, 60);
        Assert.Equal(new EpochEndOffset(7, 60), log.FindEpochEndOffset(7));
        log.TruncateTo(60);
        Assert.Equal(2, log.LatestEpoch);
    }

    [Fact]
    public void A_log_started_over_begins_at_the_offset_also_after_a_restart()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        node.Fill(log, 100);
        log.TruncateFullyAndStartAt(1000);
        Assert.Equal((1000, 1000, 1000), (log.LogStartOffset, log.LogEndOffset, log.HighWatermark));
        Assert.Equal(-1, log.LatestEpoch);
        node.Restart(log);
        log = node.Open(Small);
        Assert.Equal((1000, 1000), (log.LogStartOffset, log.LogEndOffset));
        node.Fill(log, 3);
        TestNode.AssertWhole(log, 1000);
    }

    [Fact]
    public void Producers_are_what_the_shorter_log_says()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        for (var i = 0; i < 100; i++) TestNode.Append(log, BatchSource.From(node.Pool, i, producerId: 7, epoch: 0, sequence: i));
        log.TruncateTo(42);
        Assert.Equal(41, log.Producers.Find(7)!.LastSequence);
        log.TruncateTo(0);
        Assert.Null(log.Producers.Find(7));
    }

    private static PartitionLog Reopened(TestNode node, PartitionLog log, long highWatermark)
    {
        node.Restart(log);
        File.WriteAllText(Path.Combine(node.Root, "replication-offset-checkpoint"), $"0\n1\norders 0 {highWatermark}\n");
        node.Logs.Close(clean: true);
        node.Start();
        return node.Open(Small);
    }
}
