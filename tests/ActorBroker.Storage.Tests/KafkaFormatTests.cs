using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Compression;
using ActorBroker.Storage.Directories;
using ActorBroker.Storage.Tests.Support;

namespace ActorBroker.Storage.Tests;

/// <summary>Our files under Kafka's own tools and server, and Kafka's files under ours.</summary>
public sealed class KafkaFormatTests
{
    private static readonly PartitionSettings Settings = new() { SegmentBytes = 200_000 };

    [SkippableFact]
    public void Kafkas_dump_tool_finds_nothing_wrong_with_segments_and_indexes()
    {
        KafkaPeer.SkipWithout();
        using var node = new TestNode();
        var log = WriteOfEverything(node);
        node.Restart(log);
        var segments = Directory.GetFiles(node.PartitionPath, "*.log");
        Assert.True(segments.Length > 2);
        var dump = KafkaPeer.Run("dump-log", "--files", string.Join(',', segments), "--print-data-log", "--deep-iteration");
        Assert.DoesNotContain("isvalid: false", dump, StringComparison.Ordinal);
        Assert.Contains("offset: 1500 ", dump, StringComparison.Ordinal);
        var indexes = Directory.GetFiles(node.PartitionPath, "*.index").Concat(Directory.GetFiles(node.PartitionPath, "*.timeindex"));
        var check = KafkaPeer.Run("dump-log", "--files", string.Join(',', indexes), "--verify-index-only");
        Assert.DoesNotContain("mismatches", check, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("out of order", check, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("not found in log", check, StringComparison.OrdinalIgnoreCase);
        var others = Directory.GetFiles(node.PartitionPath, "*.snapshot").Concat(Directory.GetFiles(node.PartitionPath, "*.txnindex"));
        var dumped = KafkaPeer.Run("dump-log", "--files", string.Join(',', others));
        Assert.Contains("producerId: 7", dumped, StringComparison.Ordinal);
        Assert.Contains("firstOffset", dumped, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public void Index_entries_of_Kafka_and_ours_agree_for_the_same_bytes()
    {
        KafkaPeer.SkipWithout();
        using var node = new TestNode();
        var log = WriteOfEverything(node);
        node.Restart(log);
        var sanity = KafkaPeer.Run("dump-log", "--index-sanity-check", "--files", string.Join(',', Directory.GetFiles(node.PartitionPath, "*.*index")
            .Where(path => !path.EndsWith(".txnindex", StringComparison.Ordinal))));
        Assert.Contains("passed sanity check", sanity, StringComparison.Ordinal);
        Assert.DoesNotContain("fail", sanity, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_directory_that_Kafka_wrote_opens_with_all_records_and_producers(bool clean)
    {
        KafkaPeer.SkipWithout();
        var root = Directory.CreateTempSubdirectory("actorbroker-kafka-");
        try
        {
            WriteWithKafka(root.FullName, clean);
            using var node = new TestNode(root: Path.Combine(root.FullName, "data"));
            Assert.Equal(clean, node.Logs.WasCleanShutdown);
            Assert.Equal(1, node.Logs.Identity.NodeId);
            var stored = node.Logs.ListPartitions().Where(partition => partition.Partition.Topic == "words").ToList();
            Assert.Equal(2, stored.Count);
            var topicId = stored[0].ReadTopicId()!.Value;
            Assert.True(node.Said.Has(StorageLogLevel.Information, "metadata log"), node.Said.ToString());
            var requests = stored.Select(partition => new LogOpenRequest(node.Logs, partition.Partition, topicId, Settings)).ToList();
            var results = LogDirectorySet.OpenAll(requests, threads: 2);
            Assert.All(results, result => Assert.Null(result.Failure));
            Assert.Equal(20_000, results.Sum(result => result.Log!.LogEndOffset));
            foreach (var result in results)
            {
                var log = result.Log!;
                TestNode.AssertWhole(log);
                Assert.NotEqual(0, log.Producers.Count);
                Assert.True(log.LatestEpoch >= 0);
                if (clean) Assert.Equal(log.LogEndOffset, log.HighWatermark);
                node.Fill(log, 5, leaderEpoch: log.LatestEpoch + 1);
                TestNode.AssertWhole(log);
            }
            node.Restart([.. results.Select(result => result.Log!)]);
            Assert.True(node.Logs.WasCleanShutdown);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public void Kafka_opens_a_directory_that_we_wrote_and_serves_all_of_it()
    {
        KafkaPeer.SkipWithout();
        var root = Directory.CreateTempSubdirectory("actorbroker-kafka-");
        try
        {
            WriteWithKafka(root.FullName, clean: true);
            long end;
            using (var node = new TestNode(root: Path.Combine(root.FullName, "data")))
            {
                var logs = node.Logs.ListPartitions()
                    .Select(stored => PartitionLog.Open(node.Logs, stored.Partition, Uuid.Zero, Settings, node.Logs.OpenMode)).ToArray();
                var words = logs.Single(log => log.Partition == new TopicPartition("words", 0));
                node.Fill(words, 2000, leaderEpoch: words.LatestEpoch);
                end = words.LogEndOffset;
                foreach (var log in logs) Assert.True(log.Close(clean: true));
                node.Logs.Close(clean: true);
            }
            using var server = KafkaPeer.Start(root.FullName);
            var offsets = KafkaPeer.Run("get-offsets", "--bootstrap-server", server.Address, "--topic", "words", "--partitions", "0");
            Assert.Contains($"words:0:{end}", offsets, StringComparison.Ordinal);
            var consumed = KafkaPeer.Run(
                "console-consumer", "--bootstrap-server", server.Address, "--topic", "words", "--partition", "0", "--offset", "earliest",
                "--max-messages", end.ToString(), "--timeout-ms", "60000");
            Assert.Contains($"Processed a total of {end} messages", consumed, StringComparison.Ordinal);
            server.Stop(clean: true);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static PartitionLog WriteOfEverything(TestNode node)
    {
        var log = node.Open(Settings);
        node.Fill(log, 500, recordsPerBatch: 3, valueBytes: 300);
        for (var i = 0; i < 200; i++) TestNode.Append(log, BatchSource.From(node.Pool, log.LogEndOffset, producerId: 7, epoch: 2, sequence: i));
        TestNode.Append(log, BatchSource.From(node.Pool, log.LogEndOffset, producerId: 9, epoch: 0, sequence: 0, transactional: true));
        TestNode.Append(log, BatchSource.Marker(node.Pool, log.LogEndOffset, producerId: 9, epoch: 0, commit: false));
        foreach (var codec in new[] { CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd })
            TestNode.Append(log, BatchSource.Keyed(node.Pool, log.LogEndOffset, [("a", "1"), ("b", null)], codec));
        node.Fill(log, 300, leaderEpoch: 4, valueBytes: 200);
        return log;
    }

    private static void WriteWithKafka(string root, bool clean)
    {
        using var server = KafkaPeer.Start(root, "log.segment.bytes=1048576");
        KafkaPeer.Run("topics", "--bootstrap-server", server.Address, "--create", "--topic", "words", "--partitions", "2");
        KafkaPeer.Run(
            "producer-perf", "--bootstrap-server", server.Address, "--topic", "words", "--num-records", "20000", "--record-size", "300", "--throughput", "-1",
            "--command-property", "acks=all", "compression.type=lz4", "batch.size=4000");
        server.Stop(clean);
    }
}
