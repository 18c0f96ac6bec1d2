using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests;

/// <summary>What disappears from a log by itself: old values of keys, tombstones, and what is beyond the size or the age to keep.</summary>
public sealed class CleaningTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private BrokerProcess? started;

    private BrokerProcess Broker
    {
        get
        {
            Skip.If(BrokerKind.Missing() is not null, BrokerKind.Missing());
            return started!;
        }
    }

    public async Task InitializeAsync()
    {
        // Ours cleans only what is synced to the disk; Kafka passes over that key.
        if (BrokerKind.Missing() is null)
            started = await BrokerProcess.Start("log.cleaner.backoff.ms=200", "log.retention.check.interval.ms=300",
                "log.initial.task.delay.ms=100", "actorbroker.storage.flush.interval.ms=300");
    }

    public async Task DisposeAsync()
    {
        if (started is not null) await started.DisposeAsync();
    }

    [SkippableTheory]
    [InlineData("none")]
    [InlineData("lz4")]
    public async Task A_compacted_topic_keeps_the_last_value_of_each_key_at_its_offset(string codec)
    {
        var topic = $"compacted-{codec}";
        await WireProbe.CreateTopic(Broker.Port, topic, 1, ("cleanup.policy", "compact"), ("segment.bytes", "1048576"),
            ("min.cleanable.dirty.ratio", "0.01"));

        // 50 keys, over and over; incompressible values, so that segments roll under every codec. Then one key is deleted, and other keys push it out of the active segment.
        await Produce(topic, codec, Enumerable.Range(0, 4000).Select(i => $"key{i % 50}:{i}:{Noise(i)}"));
        await Produce(topic, codec, ["key7:"], "-Z");
        await Produce(topic, codec, Enumerable.Range(4001, 4000).Select(i => $"filler{i % 50}:{i}:{Noise(i)}"));

        string[][] keyed = [];
        await Deadline.Until(async () =>
        {
            keyed = [.. (await Lines(topic, "%o:%k:%S:%s\\n")).Select(line => line.Split(':')).Where(one => one[1].StartsWith("key", StringComparison.Ordinal))];
            return keyed.Length <= 50;
        }, Patience, "one record is left for each key", () => $"{keyed.Length} are left");
        Assert.Equal(50, keyed.Length);
        Assert.Equal(["4000", "key7", "-1"], keyed[^1][..3]);
        foreach (var one in keyed[..^1])
        {
            var offset = int.Parse(one[0]);
            Assert.InRange(offset, 3950, 3999);
            Assert.Equal(($"key{offset % 50}", $"{offset}"), (one[1], one[3]));
        }

        Assert.Equal(8001, WireProbe.EndOffset(Broker.Port, topic, 0));
    }

    [SkippableFact]
    public async Task A_record_without_key_is_refused_by_a_compacted_topic()
    {
        await WireProbe.CreateTopic(Broker.Port, "keyed", 1, ("cleanup.policy", "compact"));
        await using var client = Client.Start(Outside.Kcat, "-b", Broker.Bootstrap, "-P", "-t", "keyed");
        await client.Write("no key\n");
        client.CloseInput();
        Assert.NotEqual(0, await client.Ends());
        Assert.Contains("Broker failed to validate record", client.Errors);
    }

    [SkippableFact]
    public async Task Segments_beyond_the_size_to_keep_are_deleted()
    {
        await WireProbe.CreateTopic(Broker.Port, "sized", 1, ("segment.bytes", "1048576"), ("retention.bytes", "1048576"));
        await Produce("sized", "none", Enumerable.Range(0, 6000).Select(i => $"k:{i}:{Noise(i)}"));
        await ShrinksTo("sized", 6000, 1000, 4500);
    }

    [SkippableFact]
    public async Task Records_beyond_the_age_to_keep_are_deleted_with_their_segments()
    {
        await WireProbe.CreateTopic(Broker.Port, "aged", 1, ("segment.bytes", "1048576"), ("retention.ms", "3000"));
        await Produce("aged", "none", Enumerable.Range(0, 3000).Select(i => $"k:{i}:{Noise(i)}"));
        await Deadline.Until(async () => (await Lines("aged", "%o\\n")).Length == 0, Patience, "all of it is gone, the active segment too");
        Assert.Equal(3000, WireProbe.EndOffset(Broker.Port, "aged", 0));
        await Produce("aged", "none", ["k:fresh"]);
        Assert.Equal(3001, WireProbe.EndOffset(Broker.Port, "aged", 0));
    }

    private async Task ShrinksTo(string topic, int end, int atLeast, int atMost)
    {
        string[] read = [];
        // A read that was under way when segments went has their records and a gap.
        bool IsWhole() => read.Length == 0 || read[0] == $"{end - read.Length}";
        await Deadline.Until(
            async () => (read = await Lines(topic, "%o\\n")).Length <= atMost && IsWhole(), Patience, "the old segments are gone", () => $"{read.Length} are left");
        Assert.InRange(read.Length, atLeast, atMost);
        Assert.Equal(Enumerable.Range(end - read.Length, read.Length).Select(i => $"{i}"), read);
        Assert.Equal(end, WireProbe.EndOffset(Broker.Port, topic, 0));
    }

    private static string Noise(int seed)
    {
        var bytes = new byte[400];
        new Random(seed).NextBytes(bytes);
        return Convert.ToHexString(bytes)[..600];
    }

    private Task<string> Produce(string topic, string codec, IEnumerable<string> lines, params string[] more) =>
        Client.Run(Outside.Kcat, ["-b", Broker.Bootstrap, "-P", "-t", topic, "-K:", "-z", codec, .. more], string.Join('\n', lines) + "\n");

    private async Task<string[]> Lines(string topic, string format) =>
        (await Client.Run(Outside.Kcat, ["-b", Broker.Bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", format]))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
