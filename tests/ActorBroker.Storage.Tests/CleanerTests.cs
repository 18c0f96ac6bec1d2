using System.Text;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class CleanerTests
{
    private const long Now = BatchSource.Epoch2024;

    private static readonly PartitionSettings Compacted = new()
    {
        IsCompacted = true, IsDeleted = false, SegmentBytes = 1500, FileDeleteDelayMs = 0, DeleteRetentionMs = 1000, MinCleanableDirtyRatio = 0.1,
    };

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Zstd)]
    [InlineData(CompressionCodec.Gzip)]
    public void The_newest_record_of_each_key_stays_where_it_was(CompressionCodec codec)
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        for (var round = 0; round < 40; round++)
            Put(node, log, Enumerable.Range(0, 5).Select(key => ($"key-{(round + key) % 7}", (string?)$"value-{round}-{key}")).ToList(), codec);
        Fill(node, log);
        var before = Records(log);
        var sizeBefore = log.SizeInBytes;
        Assert.True(Clean(log));
        Assert.True(log.SizeInBytes < sizeBefore / 2, $"{log.SizeInBytes} of {sizeBefore}");
        var after = Records(log);
        var active = log.State.Segments[^1].BaseOffset;
        var newest = before.Where(record => record.Offset < active).GroupBy(record => record.Key).ToDictionary(group => group.Key, group => group.Max(record => record.Offset));
        Assert.Equal(before.Where(record => record.Offset >= active || newest[record.Key] == record.Offset), after);
        TestNode.Read(log, 0);
        Assert.Null(log.PlanCleaning(Now));
        node.Restart(log);
        Assert.Equal(after, Records(node.Open(Compacted)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_compacted_log_asks_to_be_flushed_when_it_has_rolled_so_that_the_next_round_can_clean_it(bool isCompacted)
    {
        using var node = new TestNode();
        var log = node.Open(Compacted with { IsCompacted = isCompacted });
        Put(node, log, [("a", "1")]);
        Assert.False(log.NeedsFlush());
        while (log.State.Segments.Length < 2) Put(node, log, [("a", new string('x', 200))]);
        Assert.Equal(isCompacted, log.NeedsFlush());
        log.CompleteFlush(log.BeginFlush()!.Execute());
        Put(node, log, [("a", "2")]);
        Assert.False(log.NeedsFlush());
        Assert.Equal(isCompacted, log.PlanCleaning(Now) is not null);
    }

    [Fact]
    public void A_cleaned_log_survives_a_crash_and_grows_on()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        for (var i = 0; i < 100; i++) Put(node, log, [($"key-{i % 3}", $"value-{i}")]);
        Fill(node, log);
        Assert.True(Clean(log));
        var after = Records(log);
        node.Kill(log);
        log = node.Open(Compacted);
        Assert.Equal(after, Records(log));
        for (var i = 0; i < 100; i++) Put(node, log, [($"key-{i % 3}", $"again-{i}")]);
        Fill(node, log);
        Assert.True(Clean(log));
        Assert.Equal(3, Records(log).Count(record => record.Key.StartsWith("key", StringComparison.Ordinal)));
    }

    [Fact]
    public void Tombstones_stay_for_the_delete_retention_and_then_go()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        Put(node, log, [("a", "1"), ("b", "1")]);
        Put(node, log, [("a", null)]);
        Fill(node, log);
        Assert.True(Clean(log, Now));
        Assert.Contains(("a", null, 2L), Records(log));
        Assert.DoesNotContain(Records(log), record => record is { Key: "a", Value: not null });
        Fill(node, log);
        Assert.True(Clean(log, Now + 999));
        Assert.Contains(("a", null, 2L), Records(log));
        Fill(node, log);
        Assert.True(Clean(log, Now + 1001));
        Assert.DoesNotContain(Records(log), record => record.Key == "a");
        Assert.Contains(Records(log), record => record.Key == "b");
    }

    [Fact]
    public void Aborted_records_go_and_their_marker_later()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        Put(node, log, [("a", "kept")]);
        Put(node, log, [("a", "aborted")], producerId: 5, sequence: 0, transactional: true);
        TestNode.Append(log, BatchSource.Marker(node.Pool, log.LogEndOffset, producerId: 5, epoch: 0, commit: false));
        Put(node, log, [("c", "committed")], producerId: 6, sequence: 0, transactional: true);
        TestNode.Append(log, BatchSource.Marker(node.Pool, log.LogEndOffset, producerId: 6, epoch: 0, commit: true));
        // Their producers go on, so that no batch is kept for its sequence alone.
        Put(node, log, [("x", "1")], producerId: 5, sequence: 1);
        Put(node, log, [("y", "1")], producerId: 6, sequence: 1);
        Fill(node, log);
        Assert.True(Clean(log, Now));
        var aborted = new List<AbortedTransaction>();
        log.View.CollectAborted(0, log.LogEndOffset, aborted);
        Assert.Equal([new AbortedTransaction(5, 1)], aborted);
        Assert.Equal(["kept", "committed"], Records(log).Where(record => record.Key is "a" or "c").Select(record => record.Value));
        Assert.Equal([2L, 4L], Markers(log));
        for (var pass = 1; pass <= 3; pass++)
        {
            Fill(node, log);
            Clean(log, Now + (pass * 2000));
        }
        Assert.DoesNotContain(2L, Markers(log));
        Assert.Contains(4L, Markers(log));
    }

    [Fact]
    public void An_open_transaction_holds_the_cleaner_back()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        for (var i = 0; i < 60; i++) Put(node, log, [("a", $"{i}")]);
        Put(node, log, [("a", "open")], producerId: 5, sequence: 0, transactional: true);
        var opened = log.LogEndOffset - 1;
        for (var i = 0; i < 60; i++) Put(node, log, [("a", $"{i}")]);
        TestNode.Flush(log);
        var plan = log.PlanCleaning(Now)!;
        Assert.InRange(plan.EndOffset, 1, opened);
    }

    [Fact]
    public void The_last_batch_of_a_producer_stays_as_an_empty_one()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        Put(node, log, [("a", "1")], producerId: 5, sequence: 0);
        Put(node, log, [("a", "2")], producerId: 5, sequence: 1);
        Put(node, log, [("a", "3")]);
        Fill(node, log);
        Assert.True(Clean(log));
        Assert.Equal(["3"], Records(log).Where(record => record.Key == "a").Select(record => record.Value));
        foreach (var snapshot in Directory.GetFiles(node.PartitionPath, "*.snapshot")) File.Delete(snapshot);
        node.Kill(log);
        log = node.Open(Compacted);
        Assert.Equal(1, log.Producers.Find(5)!.LastSequence);
    }

    [Fact]
    public void Lags_and_the_dirty_ratio_decide_when()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted with { MinCompactionLagMs = 10_000 });
        for (var i = 0; i < 100; i++) Put(node, log, [("a", $"{i}")]);
        Fill(node, log);
        TestNode.Flush(log);
        Assert.Null(log.PlanCleaning(Now + 5_000));
        Assert.NotNull(log.PlanCleaning(Now + 20_000));
        log.Settings = Compacted with { MinCleanableDirtyRatio = 1.1 };
        Assert.Null(log.PlanCleaning(Now + 20_000));
        log.Settings = Compacted with { MinCleanableDirtyRatio = 1.1, MaxCompactionLagMs = 15_000 };
        Assert.NotNull(log.PlanCleaning(Now + 20_000));
        log.Settings = new PartitionSettings();
        Assert.Null(log.PlanCleaning(Now + 20_000));
    }

    [Fact]
    public void A_map_too_small_for_all_keys_cleans_in_several_passes()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted with { SegmentBytes = 40_000 });
        for (var i = 0; i < 3000; i++) Put(node, log, [($"key-{i % 1500}", $"{i}")]);
        Fill(node, log, bytes: 41_000);
        TestNode.Flush(log);
        var passes = 0;
        while (passes < 20 && log.PlanCleaning(Now) is { } plan)
        {
            var result = LogCleaner.Clean(plan, mapBytes: 1, CancellationToken.None);
            Assert.True(result.CleanedTo > plan.DirtyOffset);
            Assert.True(log.ApplyCleaning(result));
            passes++;
        }
        Assert.InRange(passes, 2, 19);
        var kept = Records(log).Where(record => record.Key.StartsWith("key", StringComparison.Ordinal)).ToList();
        Assert.True(kept.Count < 2600, $"{kept.Count}");
        Assert.Equal(1500, kept.Select(record => record.Key).Distinct().Count());
        Assert.All(kept.GroupBy(record => record.Key), group => Assert.True(int.Parse(group.Last().Value!) >= 1500));
    }

    [Fact]
    public void A_result_for_a_log_that_was_cut_meanwhile_is_thrown_away()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        for (var i = 0; i < 100; i++) Put(node, log, [("a", $"{i}")]);
        TestNode.Flush(log);
        var result = LogCleaner.Clean(log.PlanCleaning(Now)!, 1 << 20, CancellationToken.None);
        log.TruncateTo(10);
        Assert.False(log.ApplyCleaning(result));
        Assert.Empty(Directory.GetFiles(node.PartitionPath, "*.cleaned"));
        Assert.Equal(10, Records(log).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_stop_in_the_middle_of_the_swap_leaves_the_old_or_the_new_segments(int stage)
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        for (var i = 0; i < 100; i++) Put(node, log, [($"key-{i % 3}", $"{i}")]);
        Fill(node, log);
        TestNode.Flush(log);
        var before = Records(log);
        var plan = log.PlanCleaning(Now)!;
        var cleaned = LogCleaner.Clean(plan, 1 << 20, CancellationToken.None).Groups.Select(group => group.Cleaned.BaseOffset).ToList();
        node.Logs.Close(clean: false);
        // 0: all files still .cleaned; 1: one of the files renamed; 2: all .swap, old segments there; 3: some old segments gone.
        foreach (var path in Directory.GetFiles(node.PartitionPath, "*.cleaned"))
            if (stage >= 2 || (stage == 1 && path.EndsWith(".log.cleaned", StringComparison.Ordinal))) File.Move(path, path.Replace(".cleaned", ".swap", StringComparison.Ordinal));
        if (stage == 3)
            foreach (var segment in plan.Segments.Skip(1))
                File.Move(Path.Combine(node.PartitionPath, $"{segment.BaseOffset:D20}.log"), Path.Combine(node.PartitionPath, $"{segment.BaseOffset:D20}.log.deleted"));
        node.Start();
        log = node.Open(Compacted);
        var after = Records(log);
        Assert.All(Directory.GetFiles(node.PartitionPath), path => Assert.DoesNotMatch("\\.(swap|cleaned|deleted)$", path));
        if (stage <= 1) Assert.Equal(before, after);
        else Assert.True(after.Count < before.Count);
        foreach (var key in before.Select(record => record.Key).Distinct())
            Assert.Equal(before.Last(record => record.Key == key), after.Last(record => record.Key == key));
        Assert.NotEmpty(cleaned);
    }

    [Fact]
    public void The_thread_cleans_what_it_is_given()
    {
        using var node = new TestNode();
        var log = node.Open(Compacted);
        for (var i = 0; i < 100; i++) Put(node, log, [("a", $"{i}")]);
        TestNode.Flush(log);
        using var cleaner = new LogCleaner(node.Environment);
        using var done = new ManualResetEventSlim();
        CleaningResult? result = null;
        Assert.True(cleaner.Submit(log.PlanCleaning(Now)!, outcome =>
        {
            result = outcome;
            done.Set();
        }));
        Assert.True(done.Wait(TimeSpan.FromSeconds(30)));
        Assert.True(log.ApplyCleaning(result!));
    }

    private static bool Clean(PartitionLog log, long nowMs = Now)
    {
        TestNode.Flush(log);
        return log.PlanCleaning(nowMs) is { } plan && log.ApplyCleaning(LogCleaner.Clean(plan, 1 << 20, CancellationToken.None));
    }

    // Pushes what was written out of the active segment.
    private static void Fill(TestNode node, PartitionLog log, int bytes = 1600)
    {
        for (var written = 0; written < bytes;)
        {
            Put(node, log, [($"filler-{log.LogEndOffset}", new string('f', 100))]);
            written += 170;
        }
    }

    private static void Put(
        TestNode node, PartitionLog log, IReadOnlyList<(string, string?)> records, CompressionCodec codec = CompressionCodec.None,
        long producerId = -1, int sequence = -1, bool transactional = false)
    {
        var epoch = (short)(producerId < 0 ? -1 : 0);
        var batch = BatchSource.Keyed(node.Pool, log.LogEndOffset, records, codec, producerId, epoch, sequence, transactional, timestampMs: Now);
        Assert.True(TestNode.Append(log, batch).IsComplete);
        log.UpdateHighWatermark(log.LogEndOffset);
    }

    private static List<(string Key, string? Value, long Offset)> Records(PartitionLog log)
    {
        var records = new List<(string, string?, long)>();
        Walk(log, (batch, section) =>
        {
            if (batch.Attributes.IsControl) return;
            var reader = new RecordReader(section, batch.RecordCount);
            while (reader.MoveNext())
                records.Add((Encoding.UTF8.GetString(reader.Key), reader.ValueIsNull ? null : Encoding.UTF8.GetString(reader.Value), batch.BaseOffset + reader.OffsetDelta));
        });
        return records;
    }

    private static List<long> Markers(PartitionLog log)
    {
        var markers = new List<long>();
        Walk(log, (batch, _) =>
        {
            if (batch.Attributes.IsControl && batch.RecordCount > 0) markers.Add(batch.BaseOffset);
        });
        return markers;
    }

    private delegate void Visit(RecordBatchView batch, ReadOnlySpan<byte> section);

    private static void Walk(PartitionLog log, Visit visit)
    {
        var offset = log.LogStartOffset;
        while (offset < log.LogEndOffset)
        {
            var bytes = TestNode.ReadBytes(log.View, offset, log.LogEndOffset, 1 << 20);
            if (bytes.Length == 0) return;
            foreach (var batch in new RecordBatches(bytes))
            {
                Assert.True(batch.IsCrcValid);
                offset = batch.LastOffset + 1;
                if (batch.RecordCount == 0) continue;
                using var section = RecordCompression.Decompress(batch.Attributes.Codec, batch.RecordsSection, new DecompressionLimits());
                visit(batch, section.Span);
            }
        }
    }
}
