using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class RecoveryTests
{
    private static readonly PartitionSettings Small = new() { SegmentBytes = 20_000, FileDeleteDelayMs = 0 };

    [Fact]
    public void After_a_kill_everything_written_is_there()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        node.Fill(log, 600, leaderEpoch: 2);
        node.Kill(log);
        Assert.False(node.Logs.WasCleanShutdown);
        log = node.Open(Small);
        Assert.Equal(1800, log.LogEndOffset);
        Assert.Equal(2, log.LatestEpoch);
        TestNode.AssertWhole(log);
        node.Fill(log, 10, leaderEpoch: 3);
        TestNode.AssertWhole(log, 1700);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(61)]
    [InlineData(100)]
    public void A_torn_last_batch_is_cut(int bytesLeft)
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 50);
        var before = log.SizeInBytes;
        node.Fill(log, 1, recordsPerBatch: 10);
        node.Kill(log);
        using (var file = File.OpenWrite(Segment(node, 0))) file.SetLength(before + bytesLeft);
        log = node.Open();
        Assert.Equal(150, log.LogEndOffset);
        Assert.Equal(before, new FileInfo(Segment(node, 0)).Length);
        Assert.True(node.Said.Has(StorageLogLevel.Warning, "torn"), node.Said.ToString());
        node.Fill(log, 5);
        TestNode.AssertWhole(log);
    }

    [Fact]
    public void Zeros_behind_the_last_batch_are_cut()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 50);
        node.Kill(log);
        using (var file = File.OpenWrite(Segment(node, 0))) file.SetLength(file.Length + 10_000);
        log = node.Open();
        Assert.Equal(150, log.LogEndOffset);
    }

    [Fact]
    public void A_damaged_batch_with_sound_ones_behind_it_takes_the_partition_offline_and_no_other()
    {
        using var node = new TestNode();
        var log = node.Open();
        var other = node.Open(partition: new Core.Kernel.TopicPartition("orders", 1));
        node.Fill(log, 50);
        node.Fill(other, 50);
        node.Kill(log, other);
        Flip(Segment(node, 0), 1000);
        var error = Assert.Throws<LogCorruptException>(() => node.Open());
        Assert.Contains("sound batches follow", error.Message, StringComparison.Ordinal);
        other = node.Open(partition: new Core.Kernel.TopicPartition("orders", 1));
        TestNode.AssertWhole(other);
        other.Close(clean: true);
        node.Logs.Close(clean: true);
        node.Start();
        Assert.False(node.Logs.WasCleanShutdown);
    }

    [Fact]
    public void A_damaged_last_batch_is_taken_for_torn()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 50);
        node.Kill(log);
        Flip(Segment(node, 0), new FileInfo(Segment(node, 0)).Length - 3);
        Assert.Equal(147, node.Open().LogEndOffset);
    }

    [Fact]
    public void Below_the_recovery_point_only_headers_are_read()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 50);
        TestNode.Flush(log);
        Assert.Equal(150, log.RecoveryPoint);
        node.Fill(log, 50);
        node.Kill(log);
        // A record's byte below the recovery point: not looked at now, found by the reader's own CRC check.
        Flip(Segment(node, 0), 1000);
        Assert.Equal(300, node.Open().LogEndOffset);
    }

    [Fact]
    public void A_long_log_is_recovered_from_its_last_flush()
    {
        using var node = new TestNode();
        var log = node.Open();
        node.Fill(log, 200, recordsPerBatch: 1, valueBytes: 100_000);
        TestNode.Flush(log);
        Assert.NotEmpty(Directory.GetFiles(node.PartitionPath, "*.snapshot"));
        node.Fill(log, 10);
        node.Kill(log);
        // Whole headers before the flush are unreadable now: nothing may look at them.
        using (var file = File.OpenWrite(Segment(node, 0)))
        {
            file.Position = 1_000_000;
            file.Write(new byte[1_000_000]);
        }
        log = node.Open();
        Assert.Equal(230, log.LogEndOffset);
        Assert.NotEmpty(TestNode.Read(log, 190));
    }

    [Fact]
    public void Producers_and_transactions_come_back()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        for (var i = 0; i < 300; i++) TestNode.Append(log, BatchSource.From(node.Pool, log.LogEndOffset, producerId: 7, epoch: 1, sequence: i));
        TestNode.Append(log, BatchSource.From(node.Pool, 300, producerId: 8, epoch: 0, sequence: 0, transactional: true));
        TestNode.Append(log, BatchSource.From(node.Pool, 301, producerId: 9, epoch: 0, sequence: 0, transactional: true));
        TestNode.Append(log, BatchSource.Marker(node.Pool, 302, producerId: 9, epoch: 0, commit: false));
        log.UpdateHighWatermark(303);
        Assert.Equal(300, log.LastStableOffset);
        node.Kill(log);
        log = node.Open(Small);
        log.UpdateHighWatermark(303);
        Assert.Equal(299, log.Producers.Find(7)!.LastSequence);
        Assert.Equal(300, log.LastStableOffset);
        var aborted = new List<AbortedTransaction>();
        log.View.CollectAborted(0, 303, aborted);
        Assert.Equal([new AbortedTransaction(9, 301)], aborted);
        node.Restart(log);
        log = node.Open(Small);
        Assert.Equal(300, log.LastStableOffset);
        Assert.Equal(299, log.Producers.Find(7)!.LastSequence);
        aborted.Clear();
        log.View.CollectAborted(0, 303, aborted);
        Assert.Equal([new AbortedTransaction(9, 301)], aborted);
    }

    [Fact]
    public void Damaged_indexes_and_snapshots_are_built_again()
    {
        using var node = new TestNode();
        var log = node.Open(Small);
        for (var i = 0; i < 900; i++) TestNode.Append(log, BatchSource.From(node.Pool, log.LogEndOffset, producerId: 7, epoch: 1, sequence: i));
        log.UpdateHighWatermark(900);
        node.Restart(log);
        foreach (var path in Directory.GetFiles(node.PartitionPath))
        {
            if (path.EndsWith(".index", StringComparison.Ordinal)) File.WriteAllBytes(path, [1, 2, 3]);
            if (path.EndsWith(".timeindex", StringComparison.Ordinal)) File.Delete(path);
            if (path.EndsWith(".snapshot", StringComparison.Ordinal)) File.WriteAllBytes(path, [0, 1, 9, 9]);
        }
        log = node.Open(Small);
        Assert.Equal(899, log.Producers.Find(7)!.LastSequence);
        TestNode.AssertWhole(log, 455);
        Assert.Equal(700, log.FindOffsetByTimestamp(BatchSource.Epoch2024 + 700, 900).Offset);
    }

    private static string Segment(TestNode node, long baseOffset) => Path.Combine(node.PartitionPath, $"{baseOffset:D20}.log");

    private static void Flip(string path, long position)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = position;
        var value = file.ReadByte();
        file.Position = position;
        file.WriteByte((byte)(value ^ 0x40));
    }
}
