using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary>
/// <c>actorbroker group reset</c>: moves an empty group's positions. Shows what it would do; <c>--execute</c> does it.
/// </summary>
internal sealed class GroupReset
{
    private readonly Argument<string> _group;
    private readonly Option<string[]> _topic = new("--topic", "-t")
        { Description = "of this topic, or of partitions of it; may be repeated", HelpName = "TOPIC[:P,P…]" };
    private readonly Option<bool> _all = new("--all-topics") { Description = "all that the group has positions for" };
    private readonly Option<bool> _earliest = new("--to-earliest") { Description = "to the first record" };
    private readonly Option<bool> _latest = new("--to-latest") { Description = "behind the last record" };
    private readonly Option<long?> _offset = new("--to-offset") { Description = "to this offset", HelpName = "N" };
    private readonly Option<string?> _time = new("--to-datetime") { Description = $"to the first record at or after: {TimeText.PointHelp}", HelpName = "TIME" };
    private readonly Option<long?> _shift = new("--shift-by") { Description = "by so many records, back when negative", HelpName = "N" };
    private readonly Option<bool> _execute = new("--execute") { Description = "do it" };

    private GroupReset(ClientOptions options)
    {
        _group = GroupCommands.Name(options);
        _topic.AddTopics(options);
    }

    private sealed record Move(TopicPartition At, long? Before, long After);

    public static Command Build(ClientOptions options)
    {
        var reset = new GroupReset(options);
        var command = new Command("reset", "Move a group's positions; without --execute only show what would change.")
        {
            reset._group, reset._topic, reset._all, reset._earliest, reset._latest, reset._offset, reset._time, reset._shift, reset._execute,
        };
        return command.OnCluster(options, reset.RunAsync);
    }

    private async Task<int> RunAsync(CommandContext context, CancellationToken cancel)
    {
        var to = Target(context);
        var id = context.Get(_group)!;
        var group = await context.Client.DescribeGroupAsync(id, cancel).ConfigureAwait(false);
        var stored = await context.Client.CommittedAsync(id, cancel).ConfigureAwait(false);
        var partitions = await PartitionsAsync(context, stored, cancel).ConfigureAwait(false);
        if (partitions.Length == 0) throw new ClientException($"group {id} has no positions to move") { Advice = "name topics with --topic" };
        var moves = await MovesAsync(context, to, stored, partitions, cancel).ConfigureAwait(false);
        var execute = context.Get(_execute);
        if (execute)
        {
            if (!group.IsEmpty)
            {
                throw new ClientException($"group {id} has {group.Members.Count} members; positions can only be moved while it has none")
                {
                    Advice = "stop its consumers first",
                };
            }

            await context.Client.CommitAsync(id, moves.ToDictionary(m => m.At, m => m.After), cancel).ConfigureAwait(false);
        }

        context.Output.Show(() => Json(id, moves, execute), writer => Text(writer, moves, execute));
        return ExitCodes.Done;
    }

    /// <summary>Null: by shifting.</summary>
    private OffsetSpec? Target(CommandContext context)
    {
        var targets = new List<OffsetSpec?>();
        if (context.Get(_earliest)) targets.Add(new OffsetSpec(OffsetKind.Start));
        if (context.Get(_latest)) targets.Add(new OffsetSpec(OffsetKind.End));
        if (context.Get(_offset) is { } offset) targets.Add(new OffsetSpec(OffsetKind.Absolute, offset));
        if (context.Get(_shift) is not null) targets.Add(null);
        if (context.Get(_time) is { } text)
        {
            if (!TimeText.TryParsePoint(text, DateTimeOffset.UtcNow, out var at)) throw new UsageException($"'{text}' is no time; write {TimeText.PointHelp}");
            targets.Add(new OffsetSpec(OffsetKind.Timestamp, at));
        }

        return targets.Count == 1
            ? targets[0]
            : throw new UsageException("give one of --to-earliest, --to-latest, --to-offset, --to-datetime and --shift-by");
    }

    private async Task<TopicPartition[]> PartitionsAsync(
        CommandContext context, Dictionary<TopicPartition, CommittedOffset> stored, CancellationToken cancel)
    {
        var named = context.Get(_topic) ?? [];
        if (named.Length == 0 != context.Get(_all)) throw new UsageException("give either --topic or --all-topics");
        if (context.Get(_all)) return [.. stored.Keys.OrderBy(at => at.Topic, StringComparer.Ordinal).ThenBy(at => at.Partition)];
        var partitions = new List<TopicPartition>();
        foreach (var text in named)
        {
            var colon = text.IndexOf(':');
            var topic = await context.Client.TopicAsync(colon < 0 ? text : text[..colon], cancel).ConfigureAwait(false);
            if (colon < 0)
            {
                partitions.AddRange(topic.Partitions.Select(p => new TopicPartition(topic.Name, p.Index)));
                continue;
            }

            foreach (var part in text[(colon + 1)..].Split(','))
            {
                if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || topic.Find(index) is null)
                    throw new UsageException($"topic {topic.Name} has no partition '{part}', only 0 to {topic.Partitions.Count - 1}");
                partitions.Add(new TopicPartition(topic.Name, index));
            }
        }

        return [.. partitions.Distinct()];
    }

    private async Task<List<Move>> MovesAsync(CommandContext context, OffsetSpec? to, Dictionary<TopicPartition, CommittedOffset> stored,
        TopicPartition[] partitions, CancellationToken cancel)
    {
        if (to is { } target)
        {
            var offsets = await target.ResolveAsync(context.Client, partitions, cancel).ConfigureAwait(false);
            return [.. partitions.Select(at => new Move(at, Stored(stored, at), offsets[at]))];
        }

        var shift = context.Get(_shift)!.Value;
        var starts = await context.Client.FindOffsetsAsync(partitions, OffsetCalls.Earliest, cancel).ConfigureAwait(false);
        var ends = await context.Client.FindOffsetsAsync(partitions, OffsetCalls.Latest, cancel).ConfigureAwait(false);
        return [.. partitions.Select(at => Stored(stored, at) is { } before
            ? new Move(at, before, Math.Clamp(before + shift, starts[at].Offset, ends[at].Offset))
            : throw new ClientException($"{at} has no position that could be shifted"))];
    }

    private static long? Stored(Dictionary<TopicPartition, CommittedOffset> stored, TopicPartition at) =>
        stored.TryGetValue(at, out var offset) ? offset.Offset : null;

    private static JsonNode Json(string group, List<Move> moves, bool executed) => new JsonObject
    {
        ["group"] = group,
        ["executed"] = executed,
        ["partitions"] = JsonText.Array(moves.Select(m => (JsonNode)new JsonObject
        {
            ["topic"] = m.At.Topic, ["partition"] = m.At.Partition, ["before"] = m.Before, ["after"] = m.After,
        })),
    };

    private static void Text(TextWriter writer, List<Move> moves, bool executed)
    {
        var table = new TextTable("TOPIC", ">PARTITION", ">BEFORE", ">AFTER");
        foreach (var m in moves)
        {
            table.Add(m.At.Topic, m.At.Partition.ToString(CultureInfo.InvariantCulture), m.Before?.ToString(CultureInfo.InvariantCulture) ?? "-",
                m.After.ToString(CultureInfo.InvariantCulture));
        }

        table.Write(writer);
        writer.WriteLine(executed ? "Done." : "Nothing was changed; --execute does it.");
    }
}
