using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Protocol.Records;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Doctor;

/// <summary>
/// Clocks. No API tells a broker's time, so without leave to write only records from the future are looked for, which mark a wrong clock
/// somewhere. With <c>--probe</c> a topic with LogAppendTime is made, written, read and deleted: the stamp is the broker's time.
/// </summary>
internal static class ClockChecks
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    public static async Task<Finding> FutureRecordsAsync(KafkaClient client, ClusterSnapshot cluster, CancellationToken cancel)
    {
        var partitions = cluster.Topics.Values
            .SelectMany(t => t.Partitions.Where(p => p.Leader >= 0).Select(p => new TopicPartition(t.Name, p.Index))).ToArray();
        try
        {
            var newest = await client.FindOffsetsAsync(partitions, OffsetCalls.MaxTimestamp, cancel).ConfigureAwait(false);
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var worst = newest.OrderByDescending(entry => entry.Value.TimestampMs).FirstOrDefault();
            var ahead = TimeSpan.FromMilliseconds(worst.Value.TimestampMs - now);
            return worst.Value.TimestampMs > 0 && ahead > Tolerance
                ? new Finding(FindingLevel.Warning, "clocks",
                    $"{worst.Key} holds a record stamped {TimeText.Show(worst.Value.TimestampMs)}, {TimeText.ShowDuration(ahead)} ahead of this machine",
                    "a producer's, the broker's or this machine's clock is wrong; retention by time keeps such records too long")
                : new Finding(FindingLevel.Ok, "clocks", "no record is stamped in the future; --probe compares with the broker's own clock");
        }
        catch (ClientException error)
        {
            return new Finding(FindingLevel.Note, "clocks", $"could not look at the newest records: {error.Message}");
        }
    }

    public static async Task<List<Finding>> ProbeAsync(KafkaClient client, CancellationToken cancel)
    {
        var name = $"actorbroker-doctor-{Guid.NewGuid().ToString("N")[..8]}";
        var topic = new CreateTopicsRequest.CreatableTopic
        {
            Name = name,
            NumPartitions = 1,
            ReplicationFactor = -1,
            Configs = [new() { Name = "message.timestamp.type", Value = "LogAppendTime" }],
        };
        try
        {
            await client.CreateAsync(topic, false, cancel).ConfigureAwait(false);
        }
        catch (ClientException error)
        {
            return [new Finding(FindingLevel.Failure, "probe", $"cannot make a topic: {error.Message}", error.Advice)];
        }

        try
        {
            return await RoundTripAsync(client, name, cancel).ConfigureAwait(false);
        }
        catch (ClientException error)
        {
            return [new Finding(FindingLevel.Failure, "probe", $"writing and reading failed: {error.Message}", error.Advice)];
        }
        finally
        {
            await client.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<List<Finding>> RoundTripAsync(KafkaClient client, string name, CancellationToken cancel)
    {
        var view = await client.RetryAsync(
            async limit => await client.FindTopicAsync(name, false, limit).ConfigureAwait(false)
                ?? throw new KafkaErrorException(ErrorCode.UnknownTopicOrPartition, $"topic {name} was made but is not known"),
            cancel).ConfigureAwait(false);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await using (var producer = await RecordProducer.OpenAsync(client, view, new ProducerSettings { Linger = TimeSpan.Zero }, null,
            cancel).ConfigureAwait(false))
        {
            await producer.AppendAsync(0, null, "probe"u8.ToArray(), [], DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 0, cancel).ConfigureAwait(false);
            await producer.FlushAsync().ConfigureAwait(false);
        }

        var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        var at = new TopicPartition(name, 0);
        await using var fetcher = new RecordFetcher(client, new FetchSettings(), new Dictionary<TopicPartition, long> { [at] = 0 }, cancel);
        var fetched = await fetcher.Fetched.ReadAsync(cancel).ConfigureAwait(false);
        var stamp = -1L;
        RecordWalker.Walk(fetched, false, (scoped in RecordSlice record) =>
        {
            stamp = record.TimestampMs;
            return false;
        });
        var written = new Finding(FindingLevel.Ok, "probe", $"a record was acknowledged in {TimeText.ShowDuration(took)} and read back");

        // The broker stamped it between the two readings of this machine's clock; what lies outside of them is skew.
        var before = after - (long)took.TotalMilliseconds - 1;
        var skew = TimeSpan.FromMilliseconds(stamp > after ? stamp - after : stamp < before ? before - stamp : 0);
        return
        [
            written,
            skew > Tolerance
                ? new Finding(FindingLevel.Warning, "clocks",
                    $"the broker's clock is {TimeText.ShowDuration(skew)} {(stamp > after ? "ahead of" : "behind")} this machine's",
                    "let both follow NTP; retention by time and offsets by time go by these clocks")
                : new Finding(FindingLevel.Ok, "clocks", $"the broker's clock agrees with this machine's within {TimeText.ShowDuration(Tolerance)}"),
        ];
    }
}
