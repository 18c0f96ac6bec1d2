using System.Globalization;
using System.Text.Json;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests;

/// <summary>kcat of Debian (librdkafka 2.0.2), called as people call it.</summary>
public sealed class KcatTests(BrokerFixture fixture, ITestOutputHelper output) : ClientTests(fixture, output), IClassFixture<BrokerFixture>
{
    [SkippableFact]
    public async Task Lists_brokers_topics_and_partitions()
    {
        var topic = await Topic("list", 3);
        using var listing = JsonDocument.Parse(await Kcat("-L", "-J"));
        Assert.Equal(Bootstrap, Assert.Single(listing.RootElement.GetProperty("brokers").EnumerateArray()).GetProperty("name").GetString());
        var listed = listing.RootElement.GetProperty("topics").EnumerateArray().Single(one => one.GetProperty("topic").GetString() == topic);
        Assert.Equal(3, listed.GetProperty("partitions").GetArrayLength());
        Assert.All(listed.GetProperty("partitions").EnumerateArray(), partition => Assert.Equal(1, partition.GetProperty("isrs").GetArrayLength()));
    }

    [SkippableTheory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task Records_come_back_with_keys_and_headers(string codec)
    {
        var topic = await Topic("records", 1);
        var lines = Enumerable.Range(0, 1000).Select(i => $"key{i}:value {i} {new string('x', i % 300)}").ToArray();
        await Produce(lines, "-t", topic, "-K:", "-z", codec, "-H", "origin=kcat", "-H", "empty=", "-X", "linger.ms=20");
        var got = await Kcat("-C", "-t", topic, "-e", "-q", "-X", "check.crcs=true", "-f", "%o|%h|%k:%s\\n");
        Assert.Equal(lines.Select((line, i) => $"{i}|origin=kcat,empty=|{line}"), Lines(got));
    }

    [SkippableFact]
    public async Task Null_keys_and_values_stay_null()
    {
        var topic = await Topic("nulls", 1);
        await Produce([":value", "key:", "plain"], "-t", topic, "-K:", "-Z");
        Assert.Equal(["-1/5", "3/-1", "-1/5"], Lines(await Kcat("-C", "-t", topic, "-e", "-q", "-f", "%K/%S\\n")));
    }

    [SkippableFact]
    public async Task Reading_starts_at_offsets_from_either_end_and_at_times()
    {
        var topic = await Topic("offsets", 1);
        await Produce(["a", "b", "c"], "-t", topic);
        var between = await After(topic, 3);
        await Produce(["d", "e"], "-t", topic);
        Assert.Equal(["c", "d", "e"], Lines(await Read(topic, "-o", "2")));
        Assert.Equal(["e"], Lines(await Read(topic, "-o", "-1")));
        Assert.Equal(["d", "e"], Lines(await Read(topic, "-o", $"s@{between}")));
        Assert.Equal(["a", "b", "c"], Lines(await Read(topic, "-o", "s@1", "-o", $"e@{between}")));
        Assert.Equal($"{topic} [0] offset 3", (await Kcat("-Q", "-t", $"{topic}:0:{between}")).Trim());
        Assert.Equal($"{topic} [0] offset 0", (await Kcat("-Q", "-t", $"{topic}:0:-2")).Trim());
        Assert.Equal($"{topic} [0] offset 5", (await Kcat("-Q", "-t", $"{topic}:0:-1")).Trim());
    }

    [SkippableFact]
    public async Task A_topic_is_made_by_the_first_record_for_it()
    {
        var topic = Name("kcat-automatic");
        await Produce(["first"], "-t", topic);
        Assert.Equal(["first"], Lines(await Read(topic)));
    }

    [SkippableFact]
    public async Task A_consumer_of_a_topic_that_is_not_there_is_told_so()
    {
        var said = await Client.RunFailing(Outside.Kcat, "-b", Bootstrap, "-C", "-t", Name("kcat-unknown"), "-e", "-X", "allow.auto.create.topics=false");
        Assert.Contains("Unknown topic or partition", said);
    }

    [SkippableFact]
    public async Task A_record_beyond_the_limit_is_refused_by_the_broker()
    {
        var topic = await Topic("large", 1, ("max.message.bytes", "10000"));
        await using var client = Client.Start(Outside.Kcat, "-b", Bootstrap, "-P", "-t", topic);
        await client.Write($"{new string('x', 20_000)}\n");
        client.CloseInput();
        Assert.NotEqual(0, await client.Ends());
        Assert.Contains("Message size too large", client.Errors);
        Assert.Equal(0, WireProbe.EndOffset(Broker.Port, topic, 0));
    }

    [SkippableTheory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("all")]
    public async Task Every_kind_of_acknowledgement_works(string acks)
    {
        var topic = await Topic("acks", 1);
        await Produce(["one", "two"], "-t", topic, "-X", $"acks={acks}");
        await Deadline.Until(() => WireProbe.EndOffset(Broker.Port, topic, 0) == 2, TimeSpan.FromSeconds(20), "both records are there");
        Assert.Equal(["one", "two"], Lines(await Read(topic)));
    }

    [SkippableFact]
    public async Task An_idempotent_producer_writes_in_order()
    {
        var topic = await Topic("idempotent", 1);
        var lines = Enumerable.Range(0, 20_000).Select(i => $"n{i}").ToArray();
        await Produce(lines, "-t", topic, "-X", "enable.idempotence=true", "-X", "linger.ms=0", "-X", "batch.num.messages=50");
        Assert.Equal(lines, Lines(await Read(topic)));
    }

    [SkippableFact]
    public async Task A_transactional_producer_is_refused_clearly()
    {
        Skip.If(BrokerKind.IsKafka, "Apache Kafka has transactions");
        var topic = await Topic("transaction", 1);
        var said = await Client.RunFailing(Outside.Kcat, "-b", Bootstrap, "-P", "-t", topic, "-X", "transactional.id=kcat-tx");
        Assert.Contains("Transactional Id authorization failed", said);
    }

    [SkippableTheory]
    [InlineData("range")]
    [InlineData("cooperative-sticky")]
    public async Task Three_consumers_join_and_leave_a_group(string strategy)
    {
        var topic = await Topic("group", 6);
        var group = Name("kcat-group");
        var seen = new HashSet<string>();
        var sent = 0;
        async Task SendAndSee(params Client[] members)
        {
            for (var partition = 0; partition < 6; partition++)
                await Produce([.. Enumerable.Range(0, 10).Select(_ => $"n{sent++}")], "-t", topic, "-p", partition.ToString(CultureInfo.InvariantCulture));
            await Deadline.Until(() => members.SelectMany(member => Lines(member.Output)).Concat(seen).Distinct().Count() == sent,
                TimeSpan.FromSeconds(40), $"all {sent} records are seen", () => string.Join('\n', members.Select(member => member.Report("saw"))));
            foreach (var member in members) seen.UnionWith(Lines(member.Output));
        }

        Client Join() => Client.Start(Outside.Kcat, "-b", Bootstrap, "-u", "-G", group, "-X", $"partition.assignment.strategy={strategy}",
            "-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=10000", "-X", "heartbeat.interval.ms=300", topic);
        async Task Leave(Client member)
        {
            member.Signal(Signals.Interrupt);
            await member.Ends();
            Assert.Contains("rebalanced", member.Errors);
        }

        await using var a = Join();
        await SendAndSee(a);
        await using var b = Join();
        await using var c = Join();
        await Deadline.Until(() => b.Errors.Contains($"{topic} [") && c.Errors.Contains($"{topic} ["), TimeSpan.FromSeconds(40),
            "all three have partitions", () => b.Errors + c.Errors);
        await SendAndSee(a, b, c);
        await Leave(a);
        await SendAndSee(b, c);
        await Leave(c);
        await SendAndSee(b);
        await Leave(b);
        Assert.Equal(Enumerable.Range(0, sent).Select(i => $"n{i}").Order(), seen.Order());

        // All was committed by those who left, so a newcomer reads what comes now and nothing else.
        await Produce(["fresh"], "-t", topic);
        Assert.Equal(["fresh"], Lines(await Kcat("-G", group, "-X", $"partition.assignment.strategy={strategy}", "-X", "auto.offset.reset=earliest",
            "-c", "1", topic)));
    }

    [SkippableFact]
    public async Task A_member_that_dies_is_thrown_out_and_its_records_come_again()
    {
        var topic = await Topic("dying", 2);
        string[] group = ["-b", Bootstrap, "-u", "-G", Name("kcat-dying"), "-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=6000",
            "-X", "heartbeat.interval.ms=300", "-X", "enable.auto.commit=false", topic];
        await Produce(["a"], "-t", topic, "-p", "0");
        await Produce(["b"], "-t", topic, "-p", "1");
        await using var dying = Client.Start(Outside.Kcat, group);
        await Deadline.Until(() => Lines(dying.Output).Length == 2, TimeSpan.FromSeconds(40), "it has both", () => dying.Report("read"));
        dying.Signal(Signals.Kill);
        await using var heir = Client.Start(Outside.Kcat, group);
        await Deadline.Until(() => Lines(heir.Output).Length == 2, TimeSpan.FromSeconds(40), "the heir has both", () => heir.Report("read"));
        Assert.Equal(["a", "b"], Lines(heir.Output).Order());
    }

    private async Task<string> Topic(string kind, int partitions, params (string Key, string Value)[] configs)
    {
        _ = Outside.Kcat;
        var topic = Name($"kcat-{kind}");
        await WireProbe.CreateTopic(Broker.Port, topic, partitions, configs);
        return topic;
    }

    /// <summary>A time in ms after that of the last of <paramref name="count"/> records, with the clock waited past it.</summary>
    private async Task<long> After(string topic, int count)
    {
        var stamps = Lines(await Kcat("-C", "-t", topic, "-e", "-q", "-f", "%T\\n"));
        Assert.Equal(count, stamps.Length);
        var between = long.Parse(stamps[^1], CultureInfo.InvariantCulture) + 1;
        await Deadline.Until(() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > between, TimeSpan.FromSeconds(5), "the clock moved");
        return between;
    }

    private Task<string> Read(string topic, params string[] more) => Kcat(["-C", "-t", topic, "-e", "-q", .. more]);

    private Task<string> Kcat(params string[] arguments) => Client.Run(Outside.Kcat, ["-b", Bootstrap, .. arguments]);

    private Task<string> Produce(string[] lines, params string[] arguments) =>
        Client.Run(Outside.Kcat, ["-b", Bootstrap, "-P", .. arguments], string.Join('\n', lines) + "\n");

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
