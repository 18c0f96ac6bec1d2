using System.CommandLine;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker consume</c>: records to standard output, from chosen offsets or as a member of a group.</summary>
internal sealed class ConsumeCommand
{
    private readonly Argument<string[]> _topics = new("topics") { Description = "names of topics", HelpName = "TOPIC", Arity = ArgumentArity.OneOrMore };

    private readonly Option<string> _format = new("--format", "-f")
    {
        Description = $"text (values in lines), json (an object a line), or a format: {RecordFormat.Tokens}",
        HelpName = "text|json|FORMAT",
        DefaultValueFactory = _ => "text",
    };

    private readonly Option<string?> _offset = new("--offset", "-o")
    {
        Description = $"{OffsetSpec.Help}; default start; in a group only where nothing is stored", HelpName = "OFFSET",
    };

    private readonly Option<int[]> _partition = new("--partition", "-p") { Description = "only this one; may be repeated", HelpName = "N" };
    private readonly Option<string?> _group = new("--group", "-g") { Description = "as a member of this group, storing positions", HelpName = "GROUP" };
    private readonly Option<long?> _count = new("--count", "-c") { Description = "end after so many records", HelpName = "N" };
    private readonly Option<bool> _exit = new("--exit-at-end", "-e") { Description = "end where the partitions ended when this began" };
    private readonly Option<string> _isolation = new("--isolation")
    {
        Description = "read_uncommitted or read_committed", HelpName = "LEVEL", DefaultValueFactory = _ => "read_uncommitted",
    };

    private readonly Option<int?> _maxBytes = new("--partition-max-bytes") { Description = "per fetch and partition; default 1048576", HelpName = "N" };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "no summary on standard error" };

    private ConsumeCommand(ClientOptions options)
    {
        _topics.AddTopics(options);
        _group.AddGroups(options);
        _offset.CompletionSources.Add("start", "end");
        _isolation.AcceptOnlyFromAmong("read_uncommitted", "read_committed");
    }

    public static Command Build(ClientOptions options)
    {
        var consume = new ConsumeCommand(options);
        var command = new Command("consume", "Consume records to standard output.")
        {
            consume._topics, consume._format, consume._offset, consume._partition, consume._group, consume._count, consume._exit,
            consume._isolation, consume._maxBytes, consume._quiet,
        };
        return command.OnCluster(options, parsed => parsed.GetValue(consume._format) == "json" ? "json" : "text", consume.RunAsync);
    }

    private async Task<int> RunAsync(CommandContext context, CancellationToken cancel)
    {
        if (!OffsetSpec.TryParse(context.Get(_offset) ?? "start", DateTimeOffset.UtcNow, out var from))
            throw new UsageException($"--offset '{context.Get(_offset)}' is none; write {OffsetSpec.Help}");
        using var print = Printer(context);
        var fetch = new FetchSettings
        {
            ReadCommitted = context.Get(_isolation) == "read_committed",
            PartitionMaxBytes = context.Get(_maxBytes) ?? 1 << 20,
            Warn = text => context.Error.WriteLine($"actorbroker: {text}"),
        };
        var group = context.Get(_group);
        if (group is not null && context.Get(_partition) is { Length: > 0 }) throw new UsageException("--group divides partitions itself: no --partition");
        var topics = new List<TopicView>();
        foreach (var name in context.Get(_topics)!.Distinct(StringComparer.Ordinal))
            topics.Add(await context.Client.TopicAsync(name, cancel).ConfigureAwait(false));
        try
        {
            if (group is not null)
            {
                var member = new GroupConsumption(context.Client, group, topics, from, fetch, print) { ExitAtEnd = context.Get(_exit) };
                await member.RunAsync(cancel).ConfigureAwait(false);
            }
            else
            {
                await ReadAsync(context, topics, from, fetch, print, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how one ends reading.
        }

        print.Flush();
        if (!context.Get(_quiet) && !Console.IsErrorRedirected) context.Error.WriteLine($"{print.Records} records");
        return ExitCodes.Done;
    }

    private RecordPrinter Printer(CommandContext context)
    {
        try
        {
            return new RecordPrinter(context.OpenOutput(), context.Get(_format)!, context.Get(_count) ?? long.MaxValue);
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private async Task ReadAsync(CommandContext context, List<TopicView> topics, OffsetSpec from, FetchSettings fetch, RecordPrinter print,
        CancellationToken cancel)
    {
        var partitions = Partitions(context, topics);
        var isolation = (sbyte)(fetch.ReadCommitted ? 1 : 0);
        var positions = await from.ResolveAsync(context.Client, partitions, cancel, isolation).ConfigureAwait(false);
        if (!context.Get(_exit))
        {
            await using var endless = new RecordFetcher(context.Client, fetch, positions, cancel);
            await foreach (var fetched in endless.Fetched.ReadAllAsync(cancel).ConfigureAwait(false))
                if (!print.Write(fetched, fetch.ReadCommitted, long.MaxValue)) return;
            return;
        }

        var ends = await context.Client.FindOffsetsAsync(partitions, OffsetCalls.Latest, cancel, isolation).ConfigureAwait(false);
        var left = positions.Where(p => p.Value < ends[p.Key].Offset).ToDictionary();
        var open = left.Keys.ToHashSet();
        if (open.Count == 0) return;
        await using var fetcher = new RecordFetcher(context.Client, fetch, left, cancel);
        await foreach (var fetched in fetcher.Fetched.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            var end = ends[fetched.At].Offset;
            if (!open.Contains(fetched.At)) continue;
            if (!print.Write(fetched, fetch.ReadCommitted, end)) return;
            if (fetched.Next >= end && open.Remove(fetched.At) && open.Count == 0) return;
        }
    }

    private TopicPartition[] Partitions(CommandContext context, List<TopicView> topics)
    {
        var wanted = context.Get(_partition) ?? [];
        foreach (var topic in topics)
        {
            foreach (var partition in wanted)
            {
                if (topic.Find(partition) is null)
                    throw new UsageException($"topic {topic.Name} has no partition {partition}, only 0 to {topic.Partitions.Count - 1}");
            }
        }

        return [.. topics.SelectMany(t => t.Partitions.Where(p => wanted.Length == 0 || wanted.Contains(p.Index)).Select(
            p => new TopicPartition(t.Name, p.Index)))];
    }
}
