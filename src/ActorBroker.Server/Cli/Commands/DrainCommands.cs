using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.Core.Configuration.Tables;
using ActorBroker.Core.Controller;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Cluster;
using ConfigOperation = ActorBroker.Server.Cli.Client.ConfigOperation;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker cluster drain|decommission NODE</c>: takes load, or everything, off a node.</summary>
internal static class DrainCommands
{
    public static Command Drain(ClientOptions options)
    {
        var node = ClusterCommands.Node(options);
        var undo = new Option<bool>("--undo") { Description = "let the node lead again" };
        var command = new Command("drain", "Move leaderships off a node and keep them off, over restarts too; its replicas stay.") { node, undo };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var id = context.Get(node);
            var overview = await ClusterOverview.GatherAsync(context.Client, false, cancel).ConfigureAwait(false);
            if (overview.Known(id).IsDown) throw new ClientException($"node {id} is down; it leads nothing");
            return context.Get(undo)
                ? await UndoAsync(context, overview, id, cancel).ConfigureAwait(false)
                : await DrainAsync(context, id, cancel).ConfigureAwait(false);
        });
    }

    public static Command Decommission(ClientOptions options)
    {
        var node = ClusterCommands.Node(options);
        var dryRun = ClusterCommands.DryRun();
        var command = new Command(
            "decommission", "Move everything off a node, wait until it is stopped, and forget it. May be interrupted and run again.")
        {
            node, dryRun, options.Yes,
        };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var id = context.Get(node);
            var overview = await ClusterOverview.GatherAsync(context.Client, true, cancel).ConfigureAwait(false);
            var plan = Plan(overview, id);
            if (context.Get(dryRun))
            {
                MoveCommands.Show(context, overview, plan.Moves, "would be moved");
                return ExitCodes.Done;
            }

            if (!context.Confirm($"Move {plan.Moves.Length} partitions off node {id} and take it out of the cluster?")) return ExitCodes.Failed;
            return await DecommissionAsync(context, overview, plan, id, cancel).ConfigureAwait(false);
        });
    }

    private static BalancePlan Plan(ClusterOverview overview, int id)
    {
        overview.Known(id);
        if (overview.IsVoter(id))
        {
            throw new ClientException($"node {id} is one of the voters that keep the metadata ({string.Join(", ", overview.Quorum.Voters.Select(v => v.Id))})")
            {
                Advice = $"make another node a voter (cluster voters add NODE), then: cluster voters remove {id}",
            };
        }

        var plan = ReplicaBalancePlanner.Decommission(overview.Places(), overview.Placed(), id);
        if (plan.Stuck.Length == 0) return plan;
        var first = plan.Stuck[0];
        throw new ClientException(
            $"{plan.Stuck.Length} partitions have nowhere to go, for instance {first.Topic}-{first.Partition} with {first.Replicas.Length} replicas")
        {
            Advice = "add a node, or give the topic fewer replicas with 'cluster move', before this one goes",
        };
    }

    private static async Task<int> DrainAsync(CommandContext context, int id, CancellationToken cancel)
    {
        await context.Client.AlterConfigsAsync(
            ConfigScope.Broker, $"{id}", [(ConfigOperation.Set, OwnSettingTable.Drain, "true")], false, cancel).ConfigureAwait(false);
        var alone = 0;
        await new MoveWatch(context).UntilAsync(
            async stop =>
            {
                var cluster = await context.Client.AllTopicsAsync(stop).ConfigureAwait(false);
                var led = cluster.Topics.Values.SelectMany(topic => topic.Partitions).Where(p => p.Leader == id).ToList();
                alone = led.Count(p => p.Isr.Count < 2);
                return led.Count == alone ? null : $"node {id} leads {led.Count} partitions";
            },
            cancel).ConfigureAwait(false);
        var rest = alone == 0 ? "" : $" but {alone}, which no other node has in sync";
        context.Output.Done(
            $"Node {id} is drained: it leads nothing{rest}. 'cluster drain {id} --undo' ends it.",
            new JsonObject { ["node"] = id, ["drained"] = true, ["leads"] = alone });
        return ExitCodes.Done;
    }

    private static async Task<int> UndoAsync(CommandContext context, ClusterOverview overview, int id, CancellationToken cancel)
    {
        await context.Client.AlterConfigsAsync(
            ConfigScope.Broker, $"{id}", [(ConfigOperation.Delete, OwnSettingTable.Drain, null)], false, cancel).ConfigureAwait(false);
        var home = overview.Partitions.Where(at => at.Partition.Replicas.FirstOrDefault(-1) == id && at.Partition.Leader != id)
            .Select(at => new TopicPartition(at.Topic, at.Partition.Index)).ToArray();
        await context.Client.ElectPreferredAsync(home, cancel).ConfigureAwait(false);
        context.Output.Done(
            $"Node {id} may lead again; {home.Length} partitions go back to it.",
            new JsonObject { ["node"] = id, ["drained"] = false, ["returned"] = home.Length });
        return ExitCodes.Done;
    }

    private static async Task<int> DecommissionAsync(CommandContext context, ClusterOverview overview, BalancePlan plan, int id, CancellationToken cancel)
    {
        var watch = new MoveWatch(context);
        if (!overview.Known(id).IsDown)
        {
            await context.Client.AlterConfigsAsync(
                ConfigScope.Broker, $"{id}", [(ConfigOperation.Set, OwnSettingTable.Drain, "true")], false, cancel).ConfigureAwait(false);
        }

        // Topics may be made while partitions move; a drained node gets none of them unless nobody else can take them.
        var moved = 0;
        while (plan.Moves.Length > 0)
        {
            await watch.RunAsync(plan.Moves, cancel).ConfigureAwait(false);
            moved += plan.Moves.Length;
            plan = Plan(await ClusterOverview.GatherAsync(context.Client, true, cancel).ConfigureAwait(false), id);
        }

        var through = overview.Nodes.First(node => node.Id != id && !node.IsDown).Id;
        await watch.UntilAsync(
            async stop =>
            {
                var nodes = await context.Client.DescribeNodesAsync(stop).ConfigureAwait(false);
                var isUp = nodes.Any(node => node.Id == id && !node.IsDown);
                return isUp ? $"node {id} is empty: stop its process now (SIGTERM); waiting for that" : null;
            },
            cancel).ConfigureAwait(false);
        await context.Client.UnregisterAsync(id, through, cancel).ConfigureAwait(false);
        context.Output.Done(
            $"Node {id} is out of the cluster; {moved} partitions were moved off it.",
            new JsonObject { ["node"] = id, ["moved"] = moved, ["unregistered"] = true });
        return ExitCodes.Done;
    }
}
