using System.Text.RegularExpressions;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests;

/// <summary>Apache Kafka's own command-line tools and Java clients, 4.3.1.</summary>
public sealed class JavaToolsTests(BrokerFixture fixture, JavaTools java, ITestOutputHelper output)
    : ClientTests(fixture, output), IClassFixture<BrokerFixture>, IClassFixture<JavaTools>
{
    [SkippableFact]
    public async Task Topics_are_made_described_altered_listed_and_deleted()
    {
        var topic = Name("java-topic");
        Assert.Contains($"Created topic {topic}.", await Topics("--create", "--topic", topic, "--partitions", "3", "--config", "retention.ms=7200000"));
        Assert.Contains($"Topic '{topic}' already exists.", await Failing(JavaTools.Topics, "--create", "--topic", topic));
        await Topics("--create", "--topic", topic, "--if-not-exists");
        var described = await Topics("--describe", "--topic", topic);
        Assert.Matches(@"PartitionCount: 3\s+ReplicationFactor: 1\s+Configs: .*retention\.ms=7200000", described);
        Assert.Matches(@"Partition: 2\s+Leader: (\d+)\s+Replicas: \1\s+Isr: \1", described);
        await Topics("--alter", "--topic", topic, "--partitions", "5");
        Assert.Contains("PartitionCount: 5", await Topics("--describe", "--topic", topic));
        Assert.Contains("partition", await Failing(JavaTools.Topics, "--alter", "--topic", topic, "--partitions", "2"));
        Assert.Contains(topic, Lines(await Topics("--list")));
        await Topics("--delete", "--topic", topic);
        Assert.DoesNotContain(topic, Lines(await Topics("--list")));
        Assert.Contains("does not exist", await Failing(JavaTools.Topics, "--describe", "--topic", topic));
    }

    [SkippableFact]
    public async Task Wrong_topics_are_refused_in_Kafkas_words()
    {
        var topic = Name("java-wrong");
        Assert.Contains("The target replication factor of 3 cannot be reached because only 1 broker(s) are registered", await CreateFailing("--topic", topic, "--replication-factor", "3"));
        Assert.Contains("Invalid value soon for configuration retention.ms: Not a number of type LONG", await CreateFailing("--topic", topic, "--config", "retention.ms=soon"));
        Assert.Contains("Unknown topic config name: no.such", await CreateFailing("--topic", topic, "--config", "no.such=1"));
        Assert.Contains("is invalid", await CreateFailing("--topic", "white space"));
    }

    [SkippableFact]
    public async Task The_console_writes_and_reads_keys_headers_and_nulls()
    {
        var topic = await Topic("console", 1);
        await Run(JavaTools.ConsoleProducer, ["--topic", topic, "--reader-property", "parse.key=true", "--reader-property", "parse.headers=true",
            "--reader-property", "null.marker=NULL", "--compression-codec", "zstd"], "h:1,i:2\tk\tvalue one\nNULL\tk\tNULL\nNULL\tNULL\tthree\n");
        var read = await Run(JavaTools.ConsoleConsumer, ["--topic", topic, "--from-beginning", "--max-messages", "3", "--timeout-ms", "30000",
            "--isolation-level", "read_committed",
            "--formatter-property", "print.key=true", "--formatter-property", "print.headers=true", "--formatter-property", "print.offset=true",
            "--formatter-property", "print.partition=true"]);
        Assert.Contains("Partition:0\tOffset:0\th:1,i:2\tk\tvalue one", read);
        Assert.Contains("Partition:0\tOffset:1\tNO_HEADERS\tk\tnull", read);
        Assert.Contains("Partition:0\tOffset:2\tNO_HEADERS\tnull\tthree", read);
        Assert.Contains("Processed a total of 3 messages", read);
    }

    [SkippableFact]
    public async Task Consumer_groups_are_listed_described_reset_and_deleted()
    {
        var topic = await Topic("groups", 2);
        var group = Name("java-group");
        await Run(JavaTools.ConsoleProducer, ["--topic", topic], string.Join('\n', Enumerable.Range(0, 20).Select(i => $"v{i}")) + "\n");
        await Run(JavaTools.ConsoleConsumer, ["--topic", topic, "--from-beginning", "--max-messages", "20", "--group", group, "--timeout-ms", "30000"]);
        string[] of = ["--group", group];
        Assert.Contains(group, Lines(await Groups("--list")));
        Assert.Matches($@"{group}\s+Empty", await Groups("--list", "--state"));
        Assert.Equal(20, (await Described(of)).Sum(row => row.Current));
        Assert.All(await Described(of), row => Assert.Equal((row.End, 0), (row.Current, row.Lag)));
        Assert.Matches($@"{group}\s+{Regex.Escape(Bootstrap)}\s+\(\d+\)\s+-?\s+Empty\s+0", await Groups(["--describe", "--state", .. of]));

        string[] reset = ["--reset-offsets", "--topic", topic, .. of];
        await Groups([.. reset, "--to-earliest", "--dry-run"]);
        Assert.Equal(20, (await Described(of)).Sum(row => row.Current));
        await Groups([.. reset, "--to-earliest", "--execute"]);
        Assert.Equal(0, (await Described(of)).Sum(row => row.Current));
        await Groups([.. reset, "--to-latest", "--execute"]);
        Assert.Equal(0, (await Described(of)).Sum(row => row.Lag));
        await Groups([.. reset, "--shift-by", "-1", "--execute"]);
        Assert.All(await Described(of), row => Assert.Equal(Math.Min(1, row.End), row.Lag));
        await Groups([.. reset, "--to-datetime", "2020-01-01T00:00:00.000", "--execute"]);
        Assert.Equal(0, (await Described(of)).Sum(row => row.Current));
        Assert.Contains("Request succeeded", await Groups(["--delete-offsets", "--topic", topic, .. of]));
        Assert.Contains("was successful", await Groups(["--delete", .. of]));
        Assert.Contains($"Group {group} not found.", (await java.Call(JavaTools.ConsumerGroups, ["--bootstrap-server", Bootstrap, "--describe", .. of])).Output);
    }

    [SkippableFact]
    public async Task Settings_of_topics_and_brokers_are_shown_and_changed()
    {
        var topic = await Topic("configs", 1);
        string[] of = ["--topic", topic];
        await Run(JavaTools.Configs, ["--alter", .. of, "--add-config", "segment.bytes=1048576,cleanup.policy=[compact,delete]"]);
        var shown = await Run(JavaTools.Configs, ["--describe", .. of]);
        Assert.Contains("cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, "
            + "DEFAULT_CONFIG:log.cleanup.policy=delete}", shown);
        Assert.Contains("segment.bytes=1048576 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:segment.bytes=1048576, "
            + "DEFAULT_CONFIG:log.segment.bytes=1073741824}", shown);
        await Run(JavaTools.Configs, ["--alter", .. of, "--delete-config", "segment.bytes"]);
        Assert.DoesNotContain("segment.bytes", await Run(JavaTools.Configs, ["--describe", .. of]));
        Assert.Contains("segment.bytes=1073741824", await Run(JavaTools.Configs, ["--describe", "--all", .. of]));
        Assert.Contains("nonsense", await Failing(JavaTools.Configs, ["--alter", .. of, "--add-config", "nonsense=1"]));

        var broker = Regex.Match(await Run(JavaTools.ApiVersions, []), @"\(id: (\d+) ").Groups[1].Value;
        var all = await Run(JavaTools.Configs, ["--describe", "--all", "--broker", broker]);
        Assert.Contains("log.retention.ms=", all);
        Assert.Contains("auto.create.topics.enable=true", all);
        await Run(JavaTools.Configs, ["--alter", "--broker", broker, "--add-config", "log.retention.ms=86400000"]);
        Assert.Contains("DYNAMIC_BROKER_CONFIG:log.retention.ms=86400000", await Run(JavaTools.Configs, ["--describe", "--broker", broker]));
        await Run(JavaTools.Configs, ["--alter", "--broker", broker, "--delete-config", "log.retention.ms"]);
    }

    [SkippableFact]
    public async Task Levels_of_loggers_are_shown_set_and_unset()
    {
        var broker = Regex.Match(await Run(JavaTools.ApiVersions, []), @"\(id: (\d+) ").Groups[1].Value;
        string[] of = ["--broker-logger", broker];
        var before = await Run(JavaTools.Configs, ["--describe", .. of]);
        Assert.Matches(@"root=\w+ sensitive=false synonyms=\{\}", before);
        var name = Regex.Match(before, @"^\s+(?!root=)([\w.]+)=", RegexOptions.Multiline).Groups[1].Value;
        await Run(JavaTools.Configs, ["--alter", .. of, "--add-config", $"{name}=FATAL"]);
        Assert.Contains($"{name}=FATAL sensitive=false", await Run(JavaTools.Configs, ["--describe", .. of]));
        await Run(JavaTools.Configs, ["--alter", .. of, "--delete-config", name]);
        Assert.DoesNotContain($"{name}=FATAL", await Run(JavaTools.Configs, ["--describe", .. of]));
        Assert.Contains("nobody.at.all", await Failing(JavaTools.Configs, ["--alter", .. of, "--add-config", "nobody.at.all=INFO"]));
        Assert.Contains(
            $"Cannot set the log level of {name} to LOUD as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN",
            await Failing(JavaTools.Configs, ["--alter", .. of, "--add-config", $"{name}=LOUD"]));
        Assert.Contains("Removing the log level of the root logger is not allowed", await Failing(JavaTools.Configs, ["--alter", .. of, "--delete-config", "root"]));
    }

    [SkippableFact]
    public async Task Offsets_are_listed_and_records_deleted_up_to_one()
    {
        var topic = await Topic("offsets", 2);
        await Run(JavaTools.ProducerPerformance, ["--topic", topic, "--num-records", "5000", "--record-size", "100", "--throughput", "-1",
            "--command-property", "acks=all"]);
        var ends = Lines(await Run(JavaTools.GetOffsets, ["--topic", topic]));
        Assert.Equal(5000, ends.Sum(line => long.Parse(line.Split(':')[2])));
        Assert.Equal([$"{topic}:0:0", $"{topic}:1:0"], Lines(await Run(JavaTools.GetOffsets, ["--topic", topic, "--time", "earliest"])));
        Assert.Equal([$"{topic}:0:0", $"{topic}:1:0"], Lines(await Run(JavaTools.GetOffsets, ["--topic", topic, "--time", "1"])));
        foreach (var line in Lines(await Run(JavaTools.GetOffsets, ["--topic", topic, "--time", "max-timestamp"]))) Assert.DoesNotContain(":-1", line);

        var request = Path.Combine(Broker.DataDirectory, "..", $"{topic}.json");
        var end = long.Parse(ends[0].Split(':')[2]);
        await File.WriteAllTextAsync(request, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":{{end / 2}}}],"version":1}""");
        Assert.Contains($"partition: {topic}-0\tlow_watermark: {end / 2}", await Run(JavaTools.DeleteRecords, ["--offset-json-file", request]));
        Assert.Contains($"{topic}:0:{end / 2}", await Run(JavaTools.GetOffsets, ["--topic", topic, "--time", "earliest"]));
        await File.WriteAllTextAsync(request, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":{{end + 1}}}],"version":1}""");
        Assert.Contains("OffsetOutOfRangeException", (await java.Call(JavaTools.DeleteRecords, ["--bootstrap-server", Bootstrap, "--offset-json-file", request])).Output);
        File.Delete(request);
    }

    [SkippableFact]
    public async Task The_verifiable_producer_and_consumer_agree()
    {
        var topic = await Topic("verifiable", 3);
        // In a virtual machine of its own, for it waits for its acknowledgements only when that ends.
        await using var producer = await JavaTools.Program(JavaTools.VerifiableProducer, "--bootstrap-server", Bootstrap, "--topic", topic,
            "--max-messages", "500", "--acks", "-1");
        var sent = await producer.Succeeds();
        Assert.Equal(500, Regex.Count(sent, "\"name\":\"producer_send_success\""));
        Assert.Contains("\"sent\":500,\"acked\":500", sent);
        var read = await Run(JavaTools.VerifiableConsumer, ["--topic", topic, "--group-id", Name("java-verifiable"), "--max-messages", "500",
            "--reset-policy", "earliest", "--verbose"]);
        Assert.Equal(500, Regex.Count(read, "\"name\":\"record_data\""));
        Assert.Contains("\"name\":\"offsets_committed\"", read);
        Assert.DoesNotContain("\"success\":false", read);
    }

    [SkippableFact]
    public async Task Perf_tools_run_with_every_codec()
    {
        var topic = await Topic("perf", 2);
        foreach (var codec in new[] { "none", "gzip", "snappy", "lz4", "zstd" })
            Assert.Contains("5000 records sent", await Run(JavaTools.ProducerPerformance, ["--topic", topic, "--num-records", "5000", "--record-size", "200",
                "--throughput", "-1", "--command-property", "acks=all", "--command-property", $"compression.type={codec}"]));
        var read = Lines(await Run(JavaTools.ConsumerPerformance, ["--topic", topic, "--num-records", "25000", "--timeout", "30000"]));
        Assert.Contains("25000", read[^1].Split(',').Select(word => word.Trim()));
    }

    [SkippableFact]
    public async Task Cluster_log_directories_and_versions_are_told()
    {
        var topic = await Topic("dirs", 1);
        await Run(JavaTools.ConsoleProducer, ["--topic", topic], "one\n");
        Assert.Contains("Cluster ID: ", (await java.Call(JavaTools.Cluster, ["cluster-id", "--bootstrap-server", Bootstrap])).Output);
        var dirs = await Run(JavaTools.LogDirs, ["--describe", "--topic-list", topic]);
        Assert.Matches($@"""partition"":""{topic}-0"",""size"":[1-9]\d*,""offsetLag"":0,""isFuture"":false", dirs);
        Assert.Contains($"\"logDir\":\"{Broker.LogDirectory}\"", dirs);
        var versions = await Run(JavaTools.ApiVersions, []);
        Assert.Matches(@"Produce\(0\): 0 to \d+ \[usable", versions);
        Assert.Matches(@"Fetch\(1\): 4 to \d+ \[usable", versions);
    }

    [SkippableTheory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public Task Records_of_the_Java_clients_come_back_as_they_were_sent(string codec) => Scenario("records", codec);

    [SkippableTheory]
    [InlineData("RangeAssignor")]
    [InlineData("StickyAssignor")]
    [InlineData("CooperativeStickyAssignor")]
    public Task Three_consumers_join_and_leave_a_group(string assignor) => Scenario("group", assignor);

    [SkippableFact]
    public Task A_static_member_comes_back_to_its_partitions() => Scenario("static");

    [SkippableFact]
    public async Task A_transactional_producer_gets_a_fatal_error()
    {
        Skip.If(BrokerKind.IsKafka, "Apache Kafka has transactions");
        Assert.Contains("refused: ", await Scenario("transaction"));
    }

    [SkippableFact]
    public async Task Streams_counts_words_and_finds_its_counts_again()
    {
        var state = Checkout.NewScratch("streams");
        try
        {
            Assert.Contains("ok", await java.Run("WordCount", [Bootstrap, Name("java-streams"), state], seconds: 150));
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private Task<string> Run(string tool, string[] arguments, string input = "") => java.Run(tool, ["--bootstrap-server", Bootstrap, .. arguments], input);

    private Task<string> Topics(params string[] arguments) => Run(JavaTools.Topics, arguments);

    private Task<string> Groups(params string[] arguments) => Run(JavaTools.ConsumerGroups, arguments);

    private Task<string> CreateFailing(params string[] arguments) => Failing(JavaTools.Topics, ["--create", .. arguments]);

    private Task<string> Scenario(string scenario, string argument = "") => java.Run("Scenarios", [scenario, Bootstrap, Name($"java-{scenario}"), argument]);

    private async Task<string> Failing(string tool, params string[] arguments)
    {
        var (status, said) = await java.Call(tool, ["--bootstrap-server", Bootstrap, .. arguments]);
        Assert.True(status != 0, $"{tool} was to fail but said\n{said}");
        return said;
    }

    private async Task<List<(long Current, long End, long Lag)>> Described(string[] group)
    {
        var rows = Regex.Matches(await Groups(["--describe", .. group]), @"^\S+\s+\S+\s+\d+\s+(\d+)\s+(\d+)\s+(-?\d+)\s", RegexOptions.Multiline);
        Assert.NotEmpty(rows);
        return [.. rows.Select(row => (long.Parse(row.Groups[1].Value), long.Parse(row.Groups[2].Value), long.Parse(row.Groups[3].Value)))];
    }

    private async Task<string> Topic(string kind, int partitions)
    {
        var topic = Name($"java-{kind}");
        await WireProbe.CreateTopic(Broker.Port, topic, partitions);
        return topic;
    }
}
