using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests;

/// <summary>The two brokers read each other's files: a directory of Apache Kafka's opened by ours, segments of ours read by Kafka's own tool.</summary>
public sealed class KafkaDirectoryTests(BrokerFixture fixture, JavaTools java, ITestOutputHelper output)
    : ClientTests(fixture, output), IClassFixture<BrokerFixture>, IClassFixture<JavaTools>
{
    private static readonly string[] Codecs = ["none", "gzip", "snappy", "lz4", "zstd"];

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_directory_that_Kafka_wrote_is_opened(bool graceful)
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        _ = Outside.KafkaScript;
        var directory = Checkout.NewScratch("kafka");
        try
        {
            string[] expected;
            await using (var kafka = await BrokerProcess.StartKafka(directory, "log.flush.start.offset.checkpoint.interval.ms=200",
                "log.initial.task.delay.ms=200"))
            {
                expected = await Fill(kafka);
                if (graceful) await kafka.Stop();
                else await kafka.Kill();
            }

            await using var ours = await BrokerProcess.StartOurs(Path.Combine(directory, "data"));
            Say(ours.Log.ToString());
            Assert.Equal(expected, await Told(ours));
            Assert.Equal(3000, (await Read(ours, "written", 3000)).Length);

            // It is not only looked at: the group goes on behind its commit, and new records come after the old ones.
            await java.Run(JavaTools.ConsoleProducer, ["--bootstrap-server", ours.Bootstrap, "--topic", "single"], "fresh\n");
            var next = await java.Run(JavaTools.ConsoleConsumer, ["--bootstrap-server", ours.Bootstrap, "--topic", "single", "--group", "readers",
                "--max-messages", "1", "--timeout-ms", "20000", "--formatter-property", "print.offset=true"]);
            Assert.Contains("Offset:20\tfresh", next);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [SkippableFact]
    public async Task Kafkas_own_tool_reads_our_segments_indexes_and_offsets()
    {
        var topic = Name("dump");
        string[] at = ["--bootstrap-server", Bootstrap];
        await WireProbe.CreateTopic(Broker.Port, topic, 1, ("segment.bytes", "1048576"), ("index.interval.bytes", "4096"));
        foreach (var codec in Codecs)
            await java.Run(JavaTools.ProducerPerformance, [.. at, "--topic", topic, "--num-records", "3000", "--record-size", "300", "--throughput", "-1",
                "--command-property", "acks=all", "--command-property", $"compression.type={codec}"]);
        await java.Run(JavaTools.ConsoleConsumer, [.. at, "--topic", topic, "--group", "dumped", "--from-beginning", "--max-messages", "15000", "--timeout-ms", "30000"]);
        await Broker.Stop();
        try
        {
            await Dump(Path.Combine(Broker.LogDirectory, $"{topic}-0"));
            var offsets = Directory.GetDirectories(Broker.LogDirectory, "__consumer_offsets-*").SelectMany(folder => Directory.GetFiles(folder, "*.log"));
            var dumped = await java.Run(JavaTools.DumpLog, ["--offsets-decoder", "--files", string.Join(',', offsets.Where(file => new FileInfo(file).Length > 0))]);
            Assert.Contains($"\"group\":\"dumped\",\"topic\":\"{topic}\",\"partition\":0", dumped.Replace(" ", ""));
        }
        finally
        {
            await Broker.Launch();
        }
    }

    private async Task Dump(string folder)
    {
        var segments = Directory.GetFiles(folder, "*.log").Order().ToArray();
        Assert.True(segments.Length > 1, $"{segments.Length} segments in {folder}");
        var records = 0;
        foreach (var segment in segments)
        {
            var dumped = await java.Run(JavaTools.DumpLog, ["--deep-iteration", "--files", segment]);
            Assert.DoesNotContain("isvalid: false", dumped);
            records += dumped.Split('\n').Count(line => line.StartsWith("| offset:", StringComparison.Ordinal));
        }

        Assert.Equal(15_000, records);
        foreach (var index in Directory.GetFiles(folder, "*.index").Concat(Directory.GetFiles(folder, "*.timeindex")))
        {
            var checkedIndex = await java.Run(JavaTools.DumpLog, ["--index-sanity-check", "--files", index]);
            Assert.Contains("passed sanity check", checkedIndex);
            Assert.DoesNotContain("mismatch", (await java.Run(JavaTools.DumpLog, ["--verify-index-only", "--files", index])).ToLowerInvariant());
        }

        foreach (var snapshot in Directory.GetFiles(folder, "*.snapshot")) await java.Run(JavaTools.DumpLog, ["--files", snapshot]);
    }

    /// <summary>Topics with every codec, several segments, a deleted beginning, tombstones in a compacted one, and a group that read a part.</summary>
    private async Task<string[]> Fill(BrokerProcess kafka)
    {
        string[] at = ["--bootstrap-server", kafka.Bootstrap];
        await WireProbe.CreateTopic(kafka.Port, "written", 3, ("segment.bytes", "1048576"));
        await WireProbe.CreateTopic(kafka.Port, "single", 1);
        await WireProbe.CreateTopic(kafka.Port, "cut", 1);
        await WireProbe.CreateTopic(kafka.Port, "empty", 2);
        foreach (var codec in Codecs)
            await java.Run(JavaTools.ProducerPerformance, [.. at, "--topic", "written", "--num-records", "600", "--record-size", "2000", "--throughput", "-1",
                "--command-property", "acks=all", "--command-property", $"compression.type={codec}"]);
        foreach (var topic in new[] { "single", "cut" })
            await java.Run(JavaTools.ConsoleProducer, [.. at, "--topic", topic], string.Join('\n', Enumerable.Range(0, 20).Select(i => $"v{i}")) + "\n");
        var request = Path.Combine(kafka.DataDirectory, "delete.json");
        await File.WriteAllTextAsync(request, """{"partitions":[{"topic":"cut","partition":0,"offset":7}],"version":1}""");
        await java.Run(JavaTools.DeleteRecords, [.. at, "--offset-json-file", request]);
        var starts = Path.Combine(kafka.LogDirectory, "log-start-offset-checkpoint");
        await Deadline.Until(() => File.ReadAllText(starts).Contains("cut 0 7"), TimeSpan.FromSeconds(20), "Kafka noted where the topic starts");
        await java.Run(JavaTools.ConsoleConsumer, [.. at, "--topic", "single", "--group", "readers", "--from-beginning", "--max-messages", "20", "--timeout-ms", "30000"]);
        return await Told(kafka);
    }

    private async Task<string[]> Told(BrokerProcess broker)
    {
        string[] at = ["--bootstrap-server", broker.Bootstrap];
        var names = (await java.Run(JavaTools.Topics, [.. at, "--list"])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order();
        var ids = (await java.Run(JavaTools.Topics, [.. at, "--describe", "--exclude-internal"])).Split('\n')
            .Where(line => line.Contains("TopicId")).Select(line => line[..line.IndexOf("ReplicationFactor", StringComparison.Ordinal)]).Order();
        var latest = await java.Run(JavaTools.GetOffsets, [.. at, "--exclude-internal-topics"]);
        var earliest = await java.Run(JavaTools.GetOffsets, [.. at, "--exclude-internal-topics", "--time", "earliest"]);
        var group = await java.Run(JavaTools.ConsumerGroups, [.. at, "--describe", "--group", "readers"]);
        return [.. names, .. ids, latest, earliest, group];
    }

    private async Task<string[]> Read(BrokerProcess broker, string topic, int count)
    {
        var read = await java.Run(JavaTools.ConsoleConsumer, ["--bootstrap-server", broker.Bootstrap, "--topic", topic, "--from-beginning",
            "--max-messages", $"{count}", "--timeout-ms", "30000"]);
        return [.. read.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Length == 2000)];
    }
}
