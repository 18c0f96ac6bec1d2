using System.CommandLine;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker cluster status|nodes|voters|drain|decommission|rebalance|move|health|upgrade</c>: what an operator does
/// with a cluster.</summary>
internal static class ClusterCommands
{
    public static Command Build(ClientOptions options) => new("cluster", "Look after a cluster: its nodes, voters, and where replicas are.")
    {
        ClusterViews.Status(options),
        ClusterViews.Nodes(options),
        VoterCommands.Build(options),
        DrainCommands.Drain(options),
        DrainCommands.Decommission(options),
        MoveCommands.Rebalance(options),
        MoveCommands.Move(options),
        HealthCommand.Build(options),
        UpgradeCommand.Build(options),
    };

    internal static Argument<int> Node(ClientOptions options)
    {
        var node = new Argument<int>("node") { Description = "the node's id", HelpName = "NODE" };
        node.AddNodes(options);
        return node;
    }

    internal static Option<bool> DryRun() => new("--dry-run") { Description = "only say what would be done" };

    /// <summary>The same check for every command that names a node.</summary>
    internal static Client.NodeView Known(this Cluster.ClusterOverview overview, int id) =>
        overview.Node(id) ?? throw new Client.ClientException($"there is no node {id} in this cluster")
        {
            Advice = $"its nodes are {string.Join(", ", overview.Nodes.Select(node => node.Id))}",
        };
}
