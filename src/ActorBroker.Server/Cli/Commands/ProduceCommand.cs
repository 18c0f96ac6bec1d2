using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker produce</c>: records from lines of standard input or files, or whole files as records.</summary>
internal sealed class ProduceCommand
{
    private readonly Argument<string> _topic;
    private readonly Argument<string[]> _files = new("files")
    {
        Description = "read these instead of standard input", HelpName = "FILE", Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _format = new("--format", "-f")
    {
        Description = $"text (a line is a value), json (one object a line), or a pattern: {InputPattern.Tokens}",
        HelpName = "text|json|PATTERN",
        DefaultValueFactory = _ => "text",
    };

    private readonly Option<string> _delimiter = new("--delimiter", "-D")
    {
        Description = "between records; default \\n", HelpName = "TEXT", DefaultValueFactory = _ => "\\n",
    };

    private readonly Option<string?> _keyDelimiter = new("--key-delimiter", "-K") { Description = "between key and value in a line", HelpName = "TEXT" };
    private readonly Option<string?> _key = new("--key", "-k") { Description = "key of every record that has none", HelpName = "TEXT" };
    private readonly Option<string[]> _header = new("--header", "-H") { Description = "header of every record; may be repeated", HelpName = "NAME=VALUE" };
    private readonly Option<int?> _partition = new("--partition", "-p") { Description = "to this one; default by key", HelpName = "N" };
    private readonly Option<string?> _timestamp = new("--timestamp") { Description = $"of every record: {TimeText.PointHelp}; default now", HelpName = "TIME" };
    private readonly Option<bool> _emptyIsNull = new("--null", "-Z") { Description = "empty keys and values become null (tombstones)" };
    private readonly Option<bool> _wholeFiles = new("--whole-files") { Description = "each file is one record" };
    private readonly Option<bool> _create = new("--create") { Description = "let the broker create the topic when it is missing" };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "say nothing when all went well" };
    private readonly ProducerOptions _producer = new();

    private ProduceCommand(ClientOptions options) => _topic = TopicCommands.Name(options);

    public static Command Build(ClientOptions options)
    {
        var produce = new ProduceCommand(options);
        var command = new Command("produce", "Produce records from standard input or files.")
        {
            produce._topic, produce._files, produce._format, produce._keyDelimiter, produce._delimiter, produce._key, produce._header,
            produce._partition, produce._timestamp, produce._emptyIsNull, produce._wholeFiles, produce._create, produce._quiet,
        };
        produce._producer.AddTo(command);
        return command.OnCluster(options, parsed => parsed.GetValue(produce._format) == "json" ? "json" : "text", produce.RunAsync);
    }

    private async Task<int> RunAsync(CommandContext context, CancellationToken cancel)
    {
        var (read, delimiter) = Reading(context);
        var topic = await TopicAsync(context, cancel).ConfigureAwait(false);
        if (context.Get(_partition) is { } fixedTo && topic.Find(fixedTo) is null)
            throw new UsageException($"topic {topic.Name} has no partition {fixedTo}, only 0 to {topic.Partitions.Count - 1}");
        long records = 0, bytes = 0;
        await using var producer = await RecordProducer.OpenAsync(
            context.Client, topic, _producer.Settings(context), null, cancel).ConfigureAwait(false);
        await foreach (var (text, where) in InputAsync(context, delimiter, cancel).ConfigureAwait(false))
        {
            var record = Complete(context, Parse(read, text, where));
            if (record.Partition is { } wanted && topic.Find(wanted) is null)
                throw new ClientException($"{where}: topic {topic.Name} has no partition {wanted}");
            records++;
            bytes += (record.Key?.Length ?? 0) + (record.Value?.Length ?? 0);
            await producer.AppendAsync(record.Partition, record.Key, record.Value, record.Headers, record.TimestampMs!.Value, 0, cancel).ConfigureAwait(false);
        }

        await producer.FlushAsync().ConfigureAwait(false);
        if (!context.Get(_quiet))
        {
            context.Output.Show(
                () => new JsonObject { ["topic"] = topic.Name, ["records"] = records, ["bytes"] = bytes },
                writer => writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Produced {records} records, {bytes} bytes, to {topic.Name}.")));
        }

        return ExitCodes.Done;
    }

    private (Func<ReadOnlyMemory<byte>, InputRecord> Read, byte[] Delimiter) Reading(CommandContext context)
    {
        try
        {
            var delimiter = Escapes.ToBytes(context.Get(_delimiter)!);
            if (delimiter.Length == 0) throw new UsageException("--delimiter is empty");
            return (Reader(context), delimiter);
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private Func<ReadOnlyMemory<byte>, InputRecord> Reader(CommandContext context)
    {
        var format = context.Get(_format)!;
        if (format == "json") return line => RecordJson.Read(line.Span);
        if (format != "text")
        {
            var pattern = InputPattern.Parse(format);
            return line => pattern.Read(line.Span);
        }

        if (context.Get(_keyDelimiter) is not { Length: > 0 } text) return line => new InputRecord(null, line.ToArray(), []);
        var delimiter = Escapes.ToBytes(text);
        return line =>
        {
            var at = line.Span.IndexOf(delimiter);
            return at < 0
                ? new InputRecord(null, line.ToArray(), [])
                : new InputRecord(line[..at].ToArray(), line[(at + delimiter.Length)..].ToArray(), []);
        };
    }

    private async Task<TopicView> TopicAsync(CommandContext context, CancellationToken cancel)
    {
        var name = context.Get(_topic)!;
        if (!context.Get(_create)) return await context.Client.TopicAsync(name, cancel).ConfigureAwait(false);
        return await context.Client.FindTopicAsync(name, true, cancel).ConfigureAwait(false)
            ?? throw new ClientException($"topic {name} does not exist and the broker did not create it");
    }

    private async IAsyncEnumerable<(ReadOnlyMemory<byte> Text, string Where)> InputAsync(
        CommandContext context, byte[] delimiter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var files = context.Get(_files) ?? [];
        if (context.Get(_wholeFiles))
        {
            if (files.Length == 0) throw new UsageException("--whole-files needs files");
            foreach (var file in files) yield return (await File.ReadAllBytesAsync(file, cancel).ConfigureAwait(false), file);
            yield break;
        }

        foreach (var file in files.Length == 0 ? ["-"] : files)
        {
            await using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            var reader = new DelimitedReader(stream, delimiter);
            for (var number = 1; await reader.NextAsync(cancel).ConfigureAwait(false) is { } text; number++)
                yield return (text, $"{(file == "-" ? "standard input" : file)}, record {number}");
        }
    }

    private static InputRecord Parse(Func<ReadOnlyMemory<byte>, InputRecord> read, ReadOnlyMemory<byte> text, string where)
    {
        try
        {
            return read(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new ClientException($"{where}: {error.Message}", error);
        }
    }

    private InputRecord Complete(CommandContext context, InputRecord record)
    {
        var key = record.Key ?? (context.Get(_key) is { } given ? Encoding.UTF8.GetBytes(given) : null);
        var value = record.Value;
        if (context.Get(_emptyIsNull)) (key, value) = (key is { Length: 0 } ? null : key, value is { Length: 0 } ? null : value);
        var headers = context.Get(_header) is { Length: > 0 } more
            ? [.. record.Headers, .. more.Select(InputPattern.Header)]
            : record.Headers;
        var now = DateTimeOffset.UtcNow;
        var timestamp = record.TimestampMs ?? now.ToUnixTimeMilliseconds();
        if (record.TimestampMs is null && context.Get(_timestamp) is { } text && !TimeText.TryParsePoint(text, now, out timestamp))
            throw new UsageException($"--timestamp '{text}' is no time; write {TimeText.PointHelp}");
        return new InputRecord(key, value, headers) { Partition = record.Partition ?? context.Get(_partition), TimestampMs = timestamp };
    }
}
