using System.CommandLine;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Server.Cli.Bench;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker bench produce|consume|latency</c>.</summary>
internal sealed class BenchCommands
{
    private const string EndToEnd = "end-to-end";
    private const string DefaultTopic = "actorbroker-bench";
    private readonly Argument<string> _topic = new("topic")
    {
        Description = $"default {DefaultTopic}; made when missing", HelpName = "TOPIC", DefaultValueFactory = _ => DefaultTopic,
    };

    private readonly Option<int> _partitions = new("--partitions") { Description = "when the topic is made; default 1", HelpName = "N",
        DefaultValueFactory = _ => 1 };
    private readonly Option<long?> _records = new("--records", "-n") { Description = "end after so many", HelpName = "N" };
    private readonly Option<string?> _duration = new("--duration", "-d") { Description = "end after this time; default 10s", HelpName = "DURATION" };
    private readonly Option<int> _size = new("--size", "-s") { Description = "bytes of a value; default 1024", HelpName = "N",
        DefaultValueFactory = _ => 1024 };
    private readonly Option<double> _rate = new("--rate") { Description = "records a second", HelpName = "N" };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "no progress line" };
    private readonly ProducerOptions _producer = new();

    private BenchCommands(ClientOptions options) => _topic.AddTopics(options);

    public static Command Build(ClientOptions options) => new("bench", "Measure a cluster from this machine.")
    {
        new BenchCommands(options).Produce(options),
        new BenchCommands(options).Consume(options),
        new BenchCommands(options).Latency(options),
    };

    private Command Produce(ClientOptions options)
    {
        var command = new Command("produce", "Produce as fast as acknowledgements allow, or at a rate; latency counts from when a record was due.")
        {
            _topic, _records, _duration, _size, _rate, _partitions, _quiet,
        };
        _producer.AddTo(command);
        return command.OnCluster(options, async (context, cancel) =>
        {
            var topic = await TopicAsync(context, cancel).ConfigureAwait(false);
            var payload = new Payload(context.Get(_size));
            var report = new BenchReport { Latencies = { ["acknowledge"] = new LatencyHistogram() } };
            await RunAsync(context, report, token => SendAsync(context, topic, payload, Plan(context, context.Get(_rate)), report, null, token), cancel)
                .ConfigureAwait(false);
            context.Output.Show(() => report.Json("produce"), report.Text);
            return ExitCodes.Done;
        });
    }

    private Command Consume(ClientOptions options)
    {
        var command = new Command("consume", "Consume from the first record to where the topic ended when this began.") { _topic, _records, _duration, _quiet };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var topic = await context.Client.TopicAsync(context.Get(_topic)!, cancel).ConfigureAwait(false);
            var partitions = topic.Partitions.Select(p => new TopicPartition(topic.Name, p.Index)).ToArray();
            var starts = await new OffsetSpec(OffsetKind.Start).ResolveAsync(context.Client, partitions, cancel).ConfigureAwait(false);
            var ends = await new OffsetSpec(OffsetKind.End).ResolveAsync(context.Client, partitions, cancel).ConfigureAwait(false);
            var report = new BenchReport();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (context.Get(_duration) is not null) limit.CancelAfter(Duration(context)!.Value);
            await RunAsync(context, report, _ => DrainAsync(context, starts, ends, report, limit.Token), cancel).ConfigureAwait(false);
            context.Output.Show(() => report.Json("consume"), report.Text);
            return ExitCodes.Done;
        });
    }

    private Command Latency(ClientOptions options)
    {
        var command = new Command("latency", "Send at a fixed rate and measure until acknowledged and until consumed, from when each record was due.")
        {
            _topic, _records, _duration, _size, _rate, _partitions, _quiet,
        };
        _producer.AddTo(command);
        return command.OnCluster(options, async (context, cancel) =>
        {
            var size = context.Get(_size);
            if (size < Payload.StampBytes) throw new UsageException($"--size must be at least {Payload.StampBytes} here");
            var rate = context.Get(_rate) is > 0 and var given ? given : 1000;
            var topic = await TopicAsync(context, cancel).ConfigureAwait(false);
            var payload = new Payload(size);
            var report = new BenchReport { Latencies = { ["acknowledge"] = new LatencyHistogram(), [EndToEnd] = new LatencyHistogram() } };
            await RunAsync(context, report, token => RoundTripAsync(context, topic, payload, rate, report, token), cancel).ConfigureAwait(false);
            context.Output.Show(() => report.Json("latency"), report.Text);
            return ExitCodes.Done;
        });
    }

    private async Task RunAsync(CommandContext context, BenchReport report, Func<CancellationToken, Task> run, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var progress = context.Get(_quiet) ? Task.CompletedTask : report.ShowProgressAsync(context.Error, over.Token);
        try
        {
            await run(cancel).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await progress.ConfigureAwait(false);
        }
    }

    private async Task<long> SendAsync(
        CommandContext context, TopicView topic, Payload payload, LoadPlan plan, BenchReport report, TimeSpan? linger, CancellationToken cancel)
    {
        var acknowledged = report.Latencies["acknowledge"];
        var settings = _producer.Settings(context, linger);
        var size = context.Get(_size);
        var sent = 0L;
        await using var producer = await RecordProducer.OpenAsync(
            context.Client,
            topic,
            settings,
            receipt =>
            {
                foreach (var due in receipt.Tags) acknowledged.Add(LoadPlan.MicrosSince(due));
                if (!report.Latencies.ContainsKey(EndToEnd)) report.Add(receipt.Count, (long)receipt.Count * size);
            },
            cancel).ConfigureAwait(false);
        while (await plan.NextAsync(cancel).ConfigureAwait(false) is { } due)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            await producer.AppendAsync(null, null, payload.Make(due), [], now, due, cancel).ConfigureAwait(false);
            sent++;
        }

        await producer.FlushAsync().ConfigureAwait(false);
        return sent;
    }

    private async Task DrainAsync(CommandContext context, Dictionary<TopicPartition, long> starts, Dictionary<TopicPartition, long> ends,
        BenchReport report, CancellationToken cancel)
    {
        var open = starts.Where(s => s.Value < ends[s.Key]).Select(s => s.Key).ToHashSet();
        if (open.Count == 0) throw new ClientException("the topic is empty") { Advice = "fill it with 'actorbroker bench produce'" };
        var limit = context.Get(_records) ?? long.MaxValue;
        var settings = new FetchSettings { PartitionMaxBytes = 8 << 20 };
        await using var fetcher = new RecordFetcher(context.Client, settings, starts, cancel);
        try
        {
            await foreach (var fetched in fetcher.Fetched.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                long records = 0, bytes = 0;
                RecordWalker.Walk(fetched, false, (scoped in RecordSlice record) =>
                {
                    records++;
                    bytes += record.Key.Value.Length + record.Value.Value.Length;
                    return true;
                });
                report.Add(records, bytes);
                if (report.Records >= limit || fetched.Next >= ends[fetched.At] && open.Remove(fetched.At) && open.Count == 0) return;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The time is over, or someone pressed Ctrl-C: what was counted counts.
        }
    }

    private async Task RoundTripAsync(
        CommandContext context, TopicView topic, Payload payload, double rate, BenchReport report, CancellationToken cancel)
    {
        var partitions = topic.Partitions.Select(p => new TopicPartition(topic.Name, p.Index)).ToArray();
        var ends = await new OffsetSpec(OffsetKind.End).ResolveAsync(context.Client, partitions, cancel).ConfigureAwait(false);
        var arrived = report.Latencies[EndToEnd];
        var size = context.Get(_size);
        await using var fetcher = new RecordFetcher(context.Client, new FetchSettings(), ends, cancel);
        using var received = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var expected = long.MaxValue;
        var reading = Task.Run(
            async () =>
            {
                while (arrived.Count < Volatile.Read(ref expected) && await fetcher.Fetched.WaitToReadAsync(received.Token).ConfigureAwait(false))
                {
                    while (fetcher.Fetched.TryRead(out var fetched))
                    {
                        RecordWalker.Walk(fetched, false, (scoped in RecordSlice record) =>
                        {
                            if (!payload.TryRead(record.Value.Value, out var due)) return true;
                            arrived.Add(LoadPlan.MicrosSince(due));
                            report.Add(1, size);
                            return true;
                        });
                    }
                }
            },
            CancellationToken.None);
        var sent = await SendAsync(context, topic, payload, Plan(context, rate), report, TimeSpan.Zero, cancel).ConfigureAwait(false);
        Volatile.Write(ref expected, sent);
        if (arrived.Count < sent) received.CancelAfter(context.Client.Settings.RequestTimeout);
        else await received.CancelAsync().ConfigureAwait(false);
        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            if (arrived.Count < sent) throw new ClientException($"of {sent} records {sent - arrived.Count} never arrived");
        }
    }

    private LoadPlan Plan(CommandContext context, double rate) => new(context.Get(_records) ?? long.MaxValue, Duration(context), rate);

    private TimeSpan? Duration(CommandContext context)
    {
        if (context.Get(_duration) is not { } text) return context.Get(_records) is null ? TimeSpan.FromSeconds(10) : null;
        return TimeText.TryParseDuration(text, out var duration)
            ? duration
            : throw new UsageException($"--duration '{text}' is none; write one like 30s or 2m");
    }

    private async Task<TopicView> TopicAsync(CommandContext context, CancellationToken cancel)
    {
        var name = context.Get(_topic)!;
        var known = await context.Client.FindTopicAsync(name, false, cancel).ConfigureAwait(false);
        if (known is not null) return known;
        var topic = new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = context.Get(_partitions), ReplicationFactor = -1 };
        await context.Client.CreateAsync(topic, false, cancel).ConfigureAwait(false);
        return await context.Client.RetryAsync(
            async limit => await context.Client.FindTopicAsync(name, false, limit).ConfigureAwait(false)
                ?? throw new KafkaErrorException(ErrorCode.UnknownTopicOrPartition, $"topic {name} was made but is not known yet"),
            cancel).ConfigureAwait(false);
    }
}
