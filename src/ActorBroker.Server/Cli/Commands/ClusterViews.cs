using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Cluster;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker cluster status|nodes</c>: how things stand.</summary>
internal static class ClusterViews
{
    public static Command Status(ClientOptions options) => new Command("status", "Show the cluster in a few lines.").OnCluster(
        options,
        async (context, cancel) =>
        {
            var overview = await ClusterOverview.GatherAsync(context.Client, true, cancel).ConfigureAwait(false);
            var problems = HealthCheck.Problems(overview, 0);
            context.Output.Show(() => StatusJson(overview, problems), writer => StatusText(writer, overview, problems));
            return ExitCodes.Done;
        });

    public static Command Nodes(ClientOptions options) => new Command("nodes", "Show the nodes with what is on them.").OnCluster(
        options,
        async (context, cancel) =>
        {
            var overview = await ClusterOverview.GatherAsync(context.Client, true, cancel).ConfigureAwait(false);
            context.Output.Show(
                () => JsonText.Array(overview.Nodes.Select(node => NodeJson(overview, node))),
                writer => NodesText(writer, overview));
            return ExitCodes.Done;
        });

    private static void StatusText(TextWriter writer, ClusterOverview overview, IReadOnlyList<HealthProblem> problems)
    {
        var partitions = overview.Partitions.Count();
        writer.WriteLine($"Cluster {overview.ClusterId} is {(problems.Count == 0 ? "healthy" : "not healthy")}");
        writer.WriteLine($"  nodes       {overview.Nodes.Count(node => !node.IsDown)} of {overview.Nodes.Count} up{Draining(overview)}");
        writer.WriteLine($"  controller  node {overview.Quorum.Leader}, term {overview.Quorum.Term}");
        writer.WriteLine(
            $"  voters      {string.Join(", ", overview.Quorum.Voters.Select(voter => voter.Answers ? $"{voter.Id}" : $"{voter.Id} (no answer)"))}");
        writer.WriteLine($"  topics      {overview.Topics.Count} with {partitions} partitions");
        foreach (var problem in problems) writer.WriteLine($"! {problem.Text}");
    }

    private static string Draining(ClusterOverview overview) =>
        overview.Draining.Count == 0 ? "" : $", drained: {string.Join(", ", overview.Draining.Order())}";

    private static JsonNode StatusJson(ClusterOverview overview, IReadOnlyList<HealthProblem> problems) => new JsonObject
    {
        ["clusterId"] = overview.ClusterId,
        ["healthy"] = problems.Count == 0,
        ["nodes"] = overview.Nodes.Count,
        ["nodesUp"] = overview.Nodes.Count(node => !node.IsDown),
        ["draining"] = JsonText.Array(overview.Draining.Order()),
        ["controller"] = overview.Quorum.Leader,
        ["term"] = overview.Quorum.Term,
        ["voters"] = JsonText.Array(overview.Quorum.Voters.Select(voter => voter.Id)),
        ["topics"] = overview.Topics.Count,
        ["partitions"] = overview.Partitions.Count(),
        ["offline"] = overview.Partitions.Count(at => at.Partition.Leader < 0),
        ["underReplicated"] = overview.Partitions.Count(at => at.Partition.IsUnderReplicated),
        ["moving"] = overview.Moves.Count,
        ["problems"] = HealthCommand.Json(problems),
    };

    private static void NodesText(TextWriter writer, ClusterOverview overview)
    {
        var table = new TextTable(">NODE", "ADDRESS", "RACK", "STATE", ">LEADS", ">REPLICAS", ">BEHIND", "ROLE");
        foreach (var node in overview.Nodes)
        {
            var role = overview.Quorum.Leader == node.Id ? "controller" : overview.IsVoter(node.Id) ? "voter" : "";
            table.Add(Number(node.Id), $"{node.Address}", node.Rack ?? "-", State(overview, node), Number(Leads(overview, node.Id)),
                Number(Replicas(overview, node.Id)), Number(Behind(overview, node.Id)), role);
        }

        table.Write(writer);
    }

    private static JsonNode NodeJson(ClusterOverview overview, NodeView node) => new JsonObject
    {
        ["node"] = node.Id,
        ["address"] = $"{node.Address}",
        ["rack"] = node.Rack,
        ["state"] = State(overview, node),
        ["leads"] = Leads(overview, node.Id),
        ["replicas"] = Replicas(overview, node.Id),
        ["behind"] = Behind(overview, node.Id),
        ["voter"] = overview.IsVoter(node.Id),
        ["controller"] = overview.Quorum.Leader == node.Id,
    };

    private static string State(ClusterOverview overview, NodeView node) =>
        node.IsDown ? "down" : overview.Draining.Contains(node.Id) ? "drained" : "up";

    private static int Leads(ClusterOverview overview, int node) => overview.Partitions.Count(at => at.Partition.Leader == node);

    private static int Replicas(ClusterOverview overview, int node) => overview.Partitions.Count(at => at.Partition.Replicas.Contains(node));

    private static int Behind(ClusterOverview overview, int node) =>
        overview.Partitions.Count(at => at.Partition.Replicas.Contains(node) && !at.Partition.Isr.Contains(node));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
