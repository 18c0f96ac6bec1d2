using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Core.Controller;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Cluster;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker cluster rebalance|move</c>: brings replicas to other nodes while clients go on.</summary>
internal static class MoveCommands
{
    public static Command Rebalance(ClientOptions options)
    {
        var dryRun = ClusterCommands.DryRun();
        var wait = Wait();
        var command = new Command("rebalance", "Spread replicas and leaders evenly over all nodes, for instance onto a new one.") { dryRun, wait };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var overview = await ClusterOverview.GatherAsync(context.Client, true, cancel).ConfigureAwait(false);
            if (!context.Get(dryRun)) Refuse(overview);
            var moves = ReplicaBalancePlanner.Rebalance(overview.Places(), overview.Placed()).Moves;
            if (context.Get(dryRun)) Show(context, overview, moves, "would be moved");
            else await CarryOutAsync(context, overview, moves, context.Get(wait), cancel).ConfigureAwait(false);
            return ExitCodes.Done;
        });
    }

    public static Command Move(ClientOptions options)
    {
        var partition = new Argument<string>("partition") { Description = "a topic's partition, for instance orders-0", HelpName = "TOPIC-PARTITION" };
        var to = new Option<string?>("--to") { Description = "the nodes that shall have it, the preferred leader first", HelpName = "NODE,NODE,…" };
        var stop = new Option<bool>("--cancel") { Description = "go back to the replicas from before a move under way" };
        var wait = Wait();
        partition.AddPartitions(options);
        var command = new Command("move", "Move one partition to other nodes while it is used.") { partition, to, stop, wait };
        return command.OnCluster(options, async (context, cancel) =>
        {
            if (context.Get(to) is null == !context.Get(stop)) throw new UsageException("give one of --to NODE,NODE,… and --cancel");
            var (topic, index) = Parse(context.Get(partition)!);
            var target = context.Get(to) is { } text ? Nodes(text) : default;
            var view = await context.Client.TopicAsync(topic, cancel).ConfigureAwait(false);
            if (view.Find(index) is null) throw new ClientException($"topic {topic} has no partition {index}, only 0 to {view.Partitions.Count - 1}");
            var overview = await ClusterOverview.GatherAsync(context.Client, false, cancel).ConfigureAwait(false);
            if (!target.IsDefault) foreach (var node in target) overview.Known(node);
            var moves = ImmutableArray.Create(new PlacedPartition(topic, index, target));
            if (!target.IsDefault)
            {
                await CarryOutAsync(context, overview, moves, context.Get(wait), cancel).ConfigureAwait(false);
                return ExitCodes.Done;
            }

            await context.Client.MoveAsync(moves, cancel).ConfigureAwait(false);
            context.Output.Done(
                $"The move of {topic}-{index} is cancelled.",
                new JsonObject { ["topic"] = topic, ["partition"] = index, ["cancelled"] = true });
            return ExitCodes.Done;
        });
    }

    internal static void Show(CommandContext context, ClusterOverview overview, ImmutableArray<PlacedPartition> moves, string words) => context.Output.Show(
        () => Json(overview, moves),
        writer =>
        {
            if (moves.Length == 0)
            {
                writer.WriteLine("Nothing is to be moved.");
                return;
            }

            var before = Before(overview);
            var table = new TextTable("PARTITION", "FROM", "TO");
            foreach (var move in moves)
                table.Add($"{move.Topic}-{move.Partition}", string.Join(',', before[(move.Topic, move.Partition)]), string.Join(',', move.Replicas));
            table.Write(writer);
            writer.WriteLine($"{moves.Length} partitions {words}.");
        });

    private static Option<bool> Wait() => new("--wait", "-w") { Description = "wait until it is done, with lines of progress" };

    /// <summary>A plan from half a cluster would be undone when the rest returns.</summary>
    private static void Refuse(ClusterOverview overview)
    {
        var down = overview.Nodes.Where(node => node.IsDown && overview.Partitions.Any(at => at.Partition.Replicas.Contains(node.Id))).ToList();
        if (down.Count == 0) return;
        throw new ClientException($"node {string.Join(", ", down.Select(node => node.Id))} is down and has replicas")
        {
            Advice = $"start it again, or take it out first: cluster decommission {down[0].Id}",
        };
    }

    private static async Task CarryOutAsync(
        CommandContext context, ClusterOverview overview, ImmutableArray<PlacedPartition> moves, bool wait, CancellationToken cancel)
    {
        if (moves.Length > 0 && wait)
        {
            await new MoveWatch(context).RunAsync(moves, cancel).ConfigureAwait(false);
            Show(context, overview, moves, "were moved");
        }
        else
        {
            if (moves.Length > 0) await context.Client.MoveAsync(moves, cancel).ConfigureAwait(false);
            Show(context, overview, moves, "are being moved; 'cluster status' shows how far it is");
        }
    }

    private static JsonNode Json(ClusterOverview overview, ImmutableArray<PlacedPartition> moves)
    {
        var before = Before(overview);
        return new JsonObject
        {
            ["moves"] = JsonText.Array(moves.Select(move => (JsonNode)new JsonObject
            {
                ["topic"] = move.Topic,
                ["partition"] = move.Partition,
                ["from"] = JsonText.Array(before[(move.Topic, move.Partition)]),
                ["to"] = JsonText.Array(move.Replicas),
            })),
        };
    }

    private static Dictionary<(string, int), IReadOnlyList<int>> Before(ClusterOverview overview) =>
        overview.Partitions.ToDictionary(at => (at.Topic, at.Partition.Index), at => at.Partition.Replicas);

    private static (string Topic, int Partition) Parse(string text)
    {
        var dash = text.LastIndexOf('-');
        if (dash > 0 && int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return (text[..dash], index);
        throw new UsageException($"'{text}' is not TOPIC-PARTITION, for instance orders-0");
    }

    private static ImmutableArray<int> Nodes(string text)
    {
        var nodes = ImmutableArray.CreateBuilder<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var node) || nodes.Contains(node))
                throw new UsageException($"--to {text}: give ids of nodes separated by commas, each once");
            nodes.Add(node);
        }

        return nodes.ToImmutable();
    }
}
