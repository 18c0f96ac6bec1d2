using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Cluster;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker cluster voters [add|remove NODE]</c>: the nodes that keep the metadata.</summary>
internal static class VoterCommands
{
    public static Command Build(ClientOptions options)
    {
        var voters = new Command("voters", "Show the nodes that keep the metadata, or change which do.") { Add(options), Remove(options) };
        return voters.OnCluster(options, async (context, cancel) =>
        {
            var quorum = await context.Client.DescribeQuorumAsync(cancel).ConfigureAwait(false);
            context.Output.Show(() => Json(quorum), writer => Text(writer, quorum));
            return ExitCodes.Done;
        });
    }

    private static Command Add(ClientOptions options)
    {
        var node = ClusterCommands.Node(options);
        var command = new Command("add", "Make a node a voter. Three voters survive the loss of one, five that of two.") { node };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var id = context.Get(node);
            var overview = await ClusterOverview.GatherAsync(context.Client, false, cancel).ConfigureAwait(false);
            if (overview.Known(id).IsDown) throw new ClientException($"node {id} is down") { Advice = "start it first: it is asked itself" };
            if (overview.Quorum.Voters.FirstOrDefault(voter => voter.Id == id) is { Answers: false } lost)
            {
                throw new ClientException($"node {id} is up, but not as the voter on record, whose file is {lost.FileId}")
                {
                    Advice = $"if its disk was lost or replaced: cluster voters remove {id}, then add it again",
                };
            }

            if (!overview.IsVoter(id)) await context.Client.AddVoterAsync(id, cancel).ConfigureAwait(false);
            var quorum = await context.Client.DescribeQuorumAsync(cancel).ConfigureAwait(false);
            context.Output.Done(
                $"Node {id} is a voter, one of {Voters(quorum)}; it can take the controller over after its next restart.", Json(quorum));
            return ExitCodes.Done;
        });
    }

    private static Command Remove(ClientOptions options)
    {
        var node = ClusterCommands.Node(options);
        var command = new Command("remove", "Take a node out of the voters; it stays a node of the cluster.") { node, options.Yes };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var id = context.Get(node);
            var before = await context.Client.DescribeQuorumAsync(cancel).ConfigureAwait(false);
            var voter = before.Voters.FirstOrDefault(voter => voter.Id == id)
                ?? throw new ClientException($"node {id} is no voter") { Advice = $"the voters are {Voters(before)}" };
            if (before.Voters.Length == 1) throw new ClientException($"node {id} is the only voter") { Advice = "add another one first" };
            if (before.Voters.Length <= 3 && !context.Confirm($"With {before.Voters.Length - 1} voters left the loss of one stops changes of metadata. Go on?"))
                return ExitCodes.Failed;
            await context.Client.RemoveVoterAsync(voter, cancel).ConfigureAwait(false);
            var quorum = await context.Client.DescribeQuorumAsync(cancel).ConfigureAwait(false);
            context.Output.Done($"Node {id} is no voter any more; the voters are {Voters(quorum)}.", Json(quorum));
            return ExitCodes.Done;
        });
    }

    private static string Voters(QuorumView quorum) => string.Join(", ", quorum.Voters.Select(voter => voter.Id));

    private static JsonNode Json(QuorumView quorum) => new JsonObject
    {
        ["controller"] = quorum.Leader,
        ["term"] = quorum.Term,
        ["committed"] = quorum.Committed,
        ["voters"] = JsonText.Array(quorum.Voters.Select(voter => (JsonNode)new JsonObject
        {
            ["node"] = voter.Id, ["fileId"] = voter.FileId.ToString(), ["answers"] = voter.Answers, ["logEnd"] = voter.LogEnd,
        })),
    };

    private static void Text(TextWriter writer, QuorumView quorum)
    {
        var table = new TextTable(">NODE", "STATE", ">LOG END", ">BEHIND", "FILE");
        var end = quorum.Voters.Select(voter => voter.LogEnd).DefaultIfEmpty(-1).Max();
        foreach (var voter in quorum.Voters)
        {
            table.Add(Number(voter.Id), !voter.Answers ? "no answer" : voter.Id == quorum.Leader ? "controller" : "ok",
                voter.Answers ? Number(voter.LogEnd) : "-", voter.Answers ? Number(end - voter.LogEnd) : "-", voter.FileId.ToString());
        }

        table.Write(writer);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
