using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Cluster;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker cluster health</c>: exit code 0 when all is as it should be; with <c>--exit-when-healthy</c> once it is.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public static Command Build(ClientOptions options)
    {
        var wait = new Option<bool>("--exit-when-healthy") { Description = "wait for it, at most for --timeout (default 60s)" };
        var nodes = new Option<int>("--nodes") { Description = "nodes that have to be up at least", HelpName = "N" };
        var command = new Command("health", "Tell whether every partition has a leader and all replicas, and every node and voter is there.")
        {
            wait, nodes,
        };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var problems = context.Get(wait)
                ? await AwaitAsync(context, context.Get(nodes), cancel).ConfigureAwait(false)
                : HealthCheck.Problems(await ClusterOverview.GatherAsync(context.Client, false, cancel).ConfigureAwait(false), context.Get(nodes));
            context.Output.Show(
                () => new JsonObject { ["healthy"] = problems.Count == 0, ["problems"] = Json(problems) },
                writer => Text(writer, problems));
            return problems.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
        });
    }

    internal static JsonArray Json(IReadOnlyList<HealthProblem> problems) =>
        JsonText.Array(problems.Select(problem => (JsonNode)new JsonObject { ["problem"] = problem.Code, ["message"] = problem.Text }));

    /// <summary>Asks until all is well or the time is over. A cluster that nobody answers for yet is one that is not healthy yet.</summary>
    private static async Task<IReadOnlyList<HealthProblem>> AwaitAsync(CommandContext context, int nodes, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(context.Client.Settings.CallTimeout);
        IReadOnlyList<HealthProblem> problems = [new HealthProblem("no-answer", "no answer from the cluster")];
        try
        {
            while (true)
            {
                problems = await AskAsync(context, nodes, limit.Token).ConfigureAwait(false);
                if (problems.Count == 0) return problems;
                await Task.Delay(s_pause, limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return problems;
        }
    }

    private static async Task<IReadOnlyList<HealthProblem>> AskAsync(CommandContext context, int nodes, CancellationToken cancel)
    {
        try
        {
            return HealthCheck.Problems(await ClusterOverview.GatherAsync(context.Client, false, cancel).ConfigureAwait(false), nodes);
        }
        catch (ClientException error) when (error is not UnsupportedApiException)
        {
            return [new HealthProblem("no-answer", error.Message)];
        }
    }

    private static void Text(TextWriter writer, IReadOnlyList<HealthProblem> problems)
    {
        writer.WriteLine(problems.Count == 0 ? "The cluster is healthy." : "The cluster is not healthy:");
        foreach (var problem in problems) writer.WriteLine($"  {problem.Text}");
    }
}
