using ActorBroker.Core.Ports;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class TailCacheTests
{
    [Fact]
    public void Nothing_is_kept_for_a_log_that_nobody_follows()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 100);
        Assert.Equal(0, node.Environment.TailBytes);
        Assert.Equal(0, node.Pool.InUseBytes);
    }

    [Fact]
    public void A_follower_of_the_end_reads_from_memory()
    {
        using var node = new TestNode();
        var log = Followed(node);
        node.Fill(log, 100);
        var slices = Plan(log, 0, 300);
        Assert.All(slices, slice => Assert.NotNull(slice.Buffer));
        Assert.True(slices.Count < 10, $"{slices.Count} slices");
        slices.ForEach(slice => slice.Release());
        TestNode.AssertWhole(log);
        Assert.Equal(10, TestNode.Read(log, 30, upperBound: 60).Count);
    }

    [Fact]
    public void Small_batches_do_not_hold_the_large_buffers_they_came_in()
    {
        using var node = new TestNode();
        var log = Followed(node);
        for (var i = 0; i < 20; i++)
        {
            var batch = BatchSource.Plain(node.Pool, i, 1);
            var network = node.Pool.Rent(1 << 20);
            batch.Bytes.CopyTo(network.Array);
            batch.Buffer.Release();
            batch.Buffer = network;
            TestNode.Append(log, batch);
        }
        log.UpdateHighWatermark(20);
        Assert.InRange(node.Pool.InUseBytes, 1, 64 << 10);
        Assert.All(Plan(log, 0, 20), slice =>
        {
            Assert.NotNull(slice.Buffer);
            slice.Release();
        });
    }

    [Fact]
    public void A_batch_that_fills_its_buffer_is_not_copied()
    {
        using var node = new TestNode();
        var log = Followed(node);
        var batch = BatchSource.Plain(node.Pool, 0, 1, valueBytes: 3500);
        var buffer = batch.Buffer;
        TestNode.Append(log, batch);
        log.UpdateHighWatermark(1);
        var slice = Assert.Single(Plan(log, 0, 1));
        Assert.Same(buffer, slice.Buffer);
        slice.Release();
    }

    [Fact]
    public void The_budget_holds_for_all_partitions_together_and_reads_stay_right()
    {
        using var node = new TestNode(new StorageSettings { TailBudgetBytes = 100_000, TailBytesPerPartitionMax = 60_000 });
        var logs = Enumerable.Range(0, 5).Select(i => Followed(node, i)).ToList();
        for (var round = 0; round < 50; round++)
        {
            foreach (var log in logs) node.Fill(log, 3, valueBytes: 200);
            Assert.InRange(node.Environment.TailBytes, 0, 100_000);
        }
        Assert.All(logs, log => TestNode.AssertWhole(log));
        Assert.All(logs, log => TestNode.AssertWhole(log, log.LogEndOffset - 10));
    }

    [Fact]
    public void Old_bytes_leave_memory_and_are_read_from_the_file()
    {
        using var node = new TestNode();
        var log = Followed(node);
        node.Fill(log, 20);
        Assert.True(node.Environment.TailBytes > 0);
        node.Environment.Tail.Sweep(Environment.TickCount64 + 60_000);
        Assert.Equal(0, node.Environment.TailBytes);
        Assert.Equal(0, node.Pool.InUseBytes);
        Assert.All(Plan(log, 0, 60), slice =>
        {
            Assert.NotNull(slice.File);
            slice.Release();
        });
        TestNode.AssertWhole(log);
    }

    [Fact]
    public void A_cut_takes_the_cut_batches_out_of_memory()
    {
        using var node = new TestNode();
        var log = Followed(node);
        for (var i = 0; i < 20; i++) TestNode.Append(log, BatchSource.Plain(node.Pool, i, 1));
        log.TruncateTo(10);
        for (var i = 10; i < 20; i++) TestNode.Append(log, BatchSource.Plain(node.Pool, i, 1, leaderEpoch: 5));
        log.UpdateHighWatermark(20);
        var epochs = new List<int>();
        foreach (var batch in new RecordBatches(TestNode.ReadBytes(log.View, 0, 20, 1 << 20))) epochs.Add(batch.PartitionLeaderEpoch);
        Assert.Equal([.. Enumerable.Repeat(0, 10), .. Enumerable.Repeat(5, 10)], epochs);
    }

    private static PartitionLog Followed(TestNode node, int partition = 0)
    {
        var log = node.Open(partition: new Core.Kernel.TopicPartition("tail", partition));
        Assert.Empty(Plan(log, 0, 0));
        return log;
    }

    private static List<ReadSlice> Plan(PartitionLog log, long offset, long upperBound)
    {
        var slices = new List<ReadSlice>();
        log.View.Plan(offset, upperBound, 1 << 20, firstBatchWhole: true, slices);
        return slices;
    }
}
