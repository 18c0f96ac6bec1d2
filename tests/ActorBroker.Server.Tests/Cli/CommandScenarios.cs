namespace ActorBroker.Server.Tests.Cli;

/// <summary>The commands against a running broker, from one end to the other. Each kind of broker has a class of its own below this one.</summary>
public abstract class CommandScenarios(ScenarioBroker broker) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cli").FullName;

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public async Task A_topic_lives_from_its_creation_to_its_deletion()
    {
        Skip.If(broker.Missing is not null, broker.Missing);
        (await RunAsync("topic", "create", "life", "--partitions", "2", "--config", "retention.ms=60000")).Ok();
        Assert.Equal(1, (await RunAsync("topic", "create", "life")).Exit);
        (await RunAsync("topic", "create", "life", "--if-not-exists")).Ok();
        (await RunAsync("topic", "add-partitions", "life", "--add", "1")).Ok();
        (await RunAsync("topic", "alter", "life", "--set", "segment.ms=120000")).Ok();
        var topic = (await RunAsync("topic", "describe", "life", "--format", "json")).Ok().Json[0]!;
        Assert.Equal(3, topic["partitions"]!.AsArray().Count);
        Assert.Equal("60000", (string?)topic["configs"]!["retention.ms"]);
        Assert.Equal("120000", (string?)topic["configs"]!["segment.ms"]);
        (await RunAsync("config", "delete", "--topic", "life", "segment.ms")).Ok();
        var configs = (await RunAsync("config", "describe", "--topic", "life", "segment.ms", "--format", "json")).Ok().Json;
        Assert.NotEqual("120000", (string?)configs[0]!["value"]);
        Assert.Contains("did you mean 'retention.ms'?", (await RunAsync("config", "set", "--topic", "life", "retentoin.ms=1")).Error);
        (await RunAsync("topic", "delete", "life", "--yes")).Ok();
        Assert.Equal(1, (await RunAsync("topic", "describe", "life")).Exit);
    }

    [SkippableTheory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    public async Task Records_come_back_as_they_were_produced(string codec)
    {
        Skip.If(broker.Missing is not null, broker.Missing);
        var topic = $"records-{codec}";
        (await RunAsync("topic", "create", topic, "--partitions", "2")).Ok();
        var file = Path.Combine(_directory, codec);
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Range(0, 500).Select(i => $"k{i % 7}:value {i}\n")));
        (await RunAsync("produce", topic, file, "-K", ":", "-H", "from=test", "-z", codec)).Ok();
        var all = (await RunAsync("consume", topic, "--exit-at-end", "-f", "%p %k %v %h\\n")).Ok().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(500, all.Length);
        Assert.Equal(500, all.Distinct().Count());
        Assert.All(all, line => Assert.EndsWith("from=test", line));
        Assert.Equal(7, all.Select(line => line.Split(' ')[..2]).Select(pair => string.Join(' ', pair)).Distinct().Count()); // a key stays on one partition
        var last = (await RunAsync("consume", topic, "-e", "-o", "-1", "-p", all[^1][..1], "-f", "%v")).Ok().Output;
        Assert.StartsWith("value ", last);
    }

    [SkippableFact]
    public async Task A_group_reads_once_and_again_after_a_reset()
    {
        Skip.If(broker.Missing is not null, broker.Missing);
        (await RunAsync("topic", "create", "grouped", "--partitions", "3")).Ok();
        var file = Path.Combine(_directory, "grouped");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 30).Select(i => $"k{i}:{i}"));
        (await RunAsync("produce", "grouped", file, "-K", ":")).Ok();
        Assert.Equal(30, await CountAsync("consume", "grouped", "-g", "readers", "-e"));
        Assert.Equal(0, await CountAsync("consume", "grouped", "-g", "readers", "-e"));
        var group = (await RunAsync("group", "describe", "readers", "--format", "json")).Ok().Json;
        Assert.Equal(0, (long?)group["lag"]);
        var planned = (await RunAsync("group", "reset", "readers", "--topic", "grouped", "--to-earliest", "--format", "json")).Ok().Json;
        Assert.False((bool?)planned["executed"]);
        Assert.Equal(0, await CountAsync("consume", "grouped", "-g", "readers", "-e"));
        (await RunAsync("group", "reset", "readers", "--topic", "grouped", "--to-earliest", "--execute")).Ok();
        Assert.Equal(5, await CountAsync("consume", "grouped", "-g", "readers", "-c", "5"));
        Assert.Equal(25, await CountAsync("consume", "grouped", "-g", "readers", "-e"));
        Assert.Contains("readers", (await RunAsync("group", "list")).Ok().Output);
        (await RunAsync("group", "delete", "readers", "--yes")).Ok();
        Assert.Equal(1, (await RunAsync("group", "describe", "readers")).Exit);
    }

    [SkippableFact]
    public async Task Json_goes_round()
    {
        Skip.If(broker.Missing is not null, broker.Missing);
        (await RunAsync("topic", "create", "json-a")).Ok();
        (await RunAsync("topic", "create", "json-b")).Ok();
        var file = Path.Combine(_directory, "lines");
        await File.WriteAllTextAsync(file, """
            {"key":"k","value":"v","timestamp":1700000000000,"headers":[{"key":"h","value":"1"}]}
            {"key":null,"value":null}
            {"keyBase64":"/wA=","value":"bytes"}
            """);
        (await RunAsync("produce", "json-a", file, "--format", "json")).Ok();
        var first = (await RunAsync("consume", "json-a", "-e", "-f", "json")).Ok().Output;
        await File.WriteAllTextAsync(file, first);
        (await RunAsync("produce", "json-b", file, "--format", "json")).Ok();
        Assert.Equal(first.Replace("json-a", "json-b", StringComparison.Ordinal), (await RunAsync("consume", "json-b", "-e", "-f", "json")).Ok().Output);
    }

    [SkippableFact]
    public async Task Benches_measure_and_the_doctor_finds_all_well()
    {
        Skip.If(broker.Missing is not null, broker.Missing);
        var produced = (await RunAsync("bench", "produce", "bench", "-n", "2000", "-s", "100", "-q", "--format", "json")).Ok().Json;
        Assert.Equal(2000, (long?)produced["records"]);
        Assert.Equal(2000, (long?)produced["acknowledge"]!["count"]);
        var consumed = (await RunAsync("bench", "consume", "bench", "-q", "--format", "json")).Ok().Json;
        Assert.Equal(2000, (long?)consumed["records"]);
        var latency = (await RunAsync("bench", "latency", "bench", "-n", "200", "--rate", "500", "-s", "50", "-q", "--format", "json")).Ok().Json;
        Assert.Equal(200, (long?)latency["end-to-end"]!["count"]);
        var doctor = (await RunAsync("doctor", "--probe", "--format", "json")).Ok().Json;
        Assert.True((bool?)doctor["healthy"]);
    }

    private async Task<int> CountAsync(params string[] args) => (await RunAsync(args)).Ok().Output.Count(c => c == '\n');

    private protected Task<CommandRun> RunAsync(params string[] args) => CommandRun.OfAsync([.. args, "--bootstrap", broker.Bootstrap]);
}
