using System.Text.Json;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests;

/// <summary>Brokers that die and come back on the same directory: what was acknowledged, committed or set is there again.</summary>
public sealed class RestartTests(BrokerFixture fixture, JavaTools java, ITestOutputHelper output)
    : ClientTests(fixture, output), IClassFixture<BrokerFixture>, IClassFixture<JavaTools>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    [SkippableTheory]
    [InlineData("kafka_python")]
    [InlineData("aio_kafka")]
    [InlineData("confluent")]
    public Task Nothing_acknowledged_to_a_Python_client_is_lost_by_SIGKILL(string client) =>
        Survives(Client.Start(Outside.Python, Checkout.ClientSource($"python/{client}.py"), "crash", Bootstrap, Name($"crash-{client}")));

    [SkippableFact]
    public Task Nothing_acknowledged_to_kafkajs_is_lost_by_SIGKILL() =>
        Survives(Client.Start(Outside.Node, Checkout.ClientSource("node/client.js"), "crash", Bootstrap, Name("crash-kafkajs")));

    [SkippableFact]
    public async Task Nothing_acknowledged_to_Java_is_lost_by_SIGKILL() =>
        await Survives(await JavaTools.Program("Scenarios", "crash", Bootstrap, Name("crash-java")));

    [SkippableFact]
    public async Task Nothing_of_kcat_is_lost_by_SIGKILL()
    {
        var topic = Name("crash-kcat");
        await using var kcat = Client.Start(Outside.Kcat, "-b", Bootstrap, "-P", "-E", "-t", topic, "-X", "enable.idempotence=true",
            "-X", "linger.ms=1");
        await kcat.Write(string.Concat(Enumerable.Range(0, 1000).Select(i => $"n{i}\n")));
        await Deadline.Until(() => WireProbe.EndOffset(Broker.Port, topic, 0) > 0, Patience, "records arrive");
        await Broker.Kill();
        await kcat.Write(string.Concat(Enumerable.Range(1000, 1000).Select(i => $"n{i}\n")));
        await Broker.Launch();
        kcat.CloseInput();
        await kcat.Succeeds(Patience);
        var read = await Client.Run(Outside.Kcat, ["-b", Bootstrap, "-C", "-t", topic, "-e", "-q"]);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"n{i}"), read.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [SkippableFact]
    public async Task Numbered_records_survive_three_kills_in_place_and_in_order()
    {
        var topic = Name("crash-kload");
        await using var kload = Client.Start(Outside.Kload, "seq", "-brokers", Bootstrap, "-topic", topic, "-seconds", "25", "-rate", "5000",
            "-partitions", "12", "-patience", "60");
        for (var round = 1; round <= (BrokerKind.IsKafka ? 1 : 3); round++)
        {
            var enough = round * 1000;
            await Deadline.Until(() => WireProbe.EndOffset(Broker.Port, topic, 0) > enough, TimeSpan.FromSeconds(20), $"{enough} records in a partition");
            await Broker.Kill();
            await Broker.Launch();
        }

        using var said = JsonDocument.Parse((await kload.Succeeds(Patience)).Trim().Split('\n')[^1]);
        Assert.True(said.RootElement.GetProperty("acked").GetInt64() > 10_000, kload.Output);
        Assert.Equal(0, said.RootElement.GetProperty("lost").GetInt64());
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Topics_settings_and_committed_offsets_are_there_after_a_restart(bool graceful)
    {
        var topic = Name("restart");
        var group = Name("restart-group");
        string[] at = ["--bootstrap-server", Bootstrap];
        await java.Run(JavaTools.Topics, [.. at, "--create", "--topic", topic, "--partitions", "4", "--config", "retention.ms=7200000"]);
        await java.Run(JavaTools.Configs, [.. at, "--alter", "--topic", topic, "--add-config", "max.message.bytes=54321"]);
        await java.Run(JavaTools.ConsoleProducer, [.. at, "--topic", topic], string.Join('\n', Enumerable.Range(0, 50).Select(i => $"v{i}")) + "\n");
        await java.Run(JavaTools.ConsoleConsumer, [.. at, "--topic", topic, "--group", group, "--from-beginning", "--max-messages", "50", "--timeout-ms", "30000"]);
        var before = await Snapshot(topic, group);
        Assert.Contains("max.message.bytes=54321", before);

        if (graceful) Assert.Equal(BrokerKind.IsKafka ? 143 : 0, await Broker.Stop());
        else await Broker.Kill();
        await Broker.Launch();

        Assert.Equal(before, await Snapshot(topic, group));
        var fresh = await java.Call(JavaTools.ConsoleConsumer, [.. at, "--topic", topic, "--group", group, "--from-beginning", "--max-messages", "1", "--timeout-ms", "3000"]);
        Assert.Contains("Processed a total of 0 messages", fresh.Output);
    }

    [SkippableFact]
    public async Task A_second_broker_on_the_same_directory_is_refused()
    {
        var (file, arguments) = BrokerKind.Command(Broker.DataDirectory, BrokerProcess.FreePort(), [], BrokerKind.IsKafka);
        var said = await Client.RunFailing(file, arguments);
        Assert.Contains("lock", said, StringComparison.OrdinalIgnoreCase);
        Assert.True(WireProbe.IsReady(Broker.Port), "the first one goes on");
    }

    /// <summary>What the tools tell of a topic and a group, apart from what may change.</summary>
    private async Task<string> Snapshot(string topic, string group)
    {
        string[] at = ["--bootstrap-server", Bootstrap];
        var described = await java.Run(JavaTools.Topics, [.. at, "--describe", "--topic", topic]);
        var configs = await java.Run(JavaTools.Configs, [.. at, "--describe", "--topic", topic]);
        var offsets = await java.Run(JavaTools.GetOffsets, [.. at, "--topic", topic]);
        var committed = await java.Run(JavaTools.ConsumerGroups, [.. at, "--describe", "--group", group]);
        return string.Join('\n', described, configs, offsets, committed);
    }

    /// <summary>The client writes; the broker is killed and started again; the client goes on, is told to stop and then reads all of it.</summary>
    private async Task Survives(Client client)
    {
        await using var _ = client;
        await Acknowledged(client, 300);
        await Broker.Kill();
        await Broker.Launch();
        for (var more = 0; more < 3; more++) await client.Line(line => line.StartsWith("acked ", StringComparison.Ordinal), "acked after the restart", Patience);
        await client.Write("stop\n");
        Assert.Contains("ok ", await client.Succeeds(Patience));
    }

    private static Task<string> Acknowledged(Client client, int count) =>
        client.Line(line => line.StartsWith("acked ", StringComparison.Ordinal) && int.Parse(line[6..]) >= count, $"acked {count}", Patience);
}
