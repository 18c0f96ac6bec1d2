using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

public sealed class ConcurrencyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readers_see_whole_committed_batches_while_the_owner_works(bool compacts)
    {
        using var node = new TestNode(new StorageSettings { ProducerExpirationMs = long.MaxValue / 2, OpenFilesMax = 16, TailBudgetBytes = 200_000 });
        var settings = new PartitionSettings
        {
            SegmentBytes = 20_000, FileDeleteDelayMs = 60_000, RetentionMs = -1, RetentionBytes = 400_000, IsCompacted = compacts, IsDeleted = !compacts,
            MinCleanableDirtyRatio = 0.1,
        };
        var log = node.Open(settings);
        using var stop = new CancellationTokenSource();
        var failures = new List<Exception>();
        long batchesRead = 0;
        var readers = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            try
            {
                var random = new Random(number);
                while (!stop.IsCancellationRequested) Interlocked.Add(ref batchesRead, ReadSome(log, random));
            }
            catch (Exception error)
            {
                lock (failures) failures.Add(error);
            }
        })).ToList();
        readers.ForEach(reader => reader.Start());
        var owner = new Random(99);
        for (var i = 0; i < 4000 && failures.Count == 0; i++) Work(node, log, owner, compacts);
        // A machine under load may not have let the readers in yet.
        for (var i = 0; i < 100_000 && Volatile.Read(ref batchesRead) < 1000 && failures.Count == 0; i++) Work(node, log, owner, compacts);
        stop.Cancel();
        readers.ForEach(reader => reader.Join());
        Assert.True(failures.Count == 0, failures.FirstOrDefault()?.ToString());
        Assert.True(batchesRead >= 1000, $"{batchesRead} batches read");
        Assert.InRange(node.Environment.OpenFiles, 0, 40);
        log.Close(clean: true);
        Assert.Equal(0, node.Environment.TailBytes);
    }

    private static void Work(TestNode node, PartitionLog log, Random random, bool compacts)
    {
        var batches = new LogBatch[1 + random.Next(3)];
        var next = log.LogEndOffset;
        for (var i = 0; i < batches.Length; i++)
        {
            batches[i] = BatchSource.Keyed(node.Pool, next, [($"key-{random.Next(50)}", new string('x', random.Next(300))), ($"key-{random.Next(50)}", "y")]);
            next += 2;
        }
        Assert.True(TestNode.Append(log, batches).IsComplete);
        switch (random.Next(60))
        {
            case 0:
                log.ApplyRetention(BatchSource.Epoch2024);
                break;
            case 1:
                // Above the watermark: nobody has been given what is cut.
                log.TruncateTo(Math.Max(log.HighWatermark, log.LogEndOffset - 2));
                break;
            case 2:
                TestNode.Flush(log);
                break;
            case 3 when compacts:
                TestNode.Flush(log);
                if (log.PlanCleaning(BatchSource.Epoch2024) is { } plan)
                    Assert.True(log.ApplyCleaning(LogCleaner.Clean(plan, 1 << 20, CancellationToken.None)));
                break;
        }
        if (random.Next(3) > 0) log.UpdateHighWatermark(log.LogEndOffset - (2 * random.Next(2)));
        node.Environment.Tail.Sweep(Environment.TickCount64 - random.Next(20_000) + 10_000);
    }

    private static int ReadSome(PartitionLog log, Random random)
    {
        var view = log.View;
        var highWatermark = view.HighWatermark;
        var start = view.LogStartOffset;
        if (highWatermark <= start) return 0;
        var offset = random.Next(4) switch
        {
            0 => highWatermark,
            1 => start,
            2 => Math.Max(start, highWatermark - random.Next(50)),
            _ => start + (long)(random.NextDouble() * (highWatermark - start)),
        };
        var slices = new List<ReadSlice>();
        var planned = view.Plan(offset, highWatermark, 1 + random.Next(30_000), firstBatchWhole: true, slices);
        var bytes = new byte[planned];
        var at = 0;
        foreach (var slice in slices)
        {
            var piece = bytes.AsSpan(at, slice.Length);
            if (slice.Buffer is { } buffer) buffer.Span((int)slice.Position, slice.Length).CopyTo(piece);
            else if (RandomAccess.Read(slice.File!.Handle, piece, slice.Position) != slice.Length) throw new InvalidOperationException("a slice was cut under its reader");
            at += slice.Length;
            slice.Release();
        }
        var batches = new RecordBatches(bytes);
        var count = 0;
        var previous = long.MinValue;
        while (batches.MoveNext())
        {
            var batch = batches.Current;
            if (!batch.IsCrcValid) throw new InvalidOperationException($"bad CRC at {batch.BaseOffset}");
            if (batch.LastOffset >= highWatermark) throw new InvalidOperationException($"{batch.LastOffset} was given out, the watermark was {highWatermark}");
            if (batch.BaseOffset <= previous) throw new InvalidOperationException($"{batch.BaseOffset} after {previous}");
            previous = batch.LastOffset;
            count++;
        }
        if (batches.Consumed != bytes.Length) throw new InvalidOperationException("a part of a batch was given out");
        return count;
    }
}
