using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Doctor;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker doctor</c>: looks at a cluster as a client on this machine sees it. Fails when a check did.</summary>
internal static class DoctorCommand
{
    public static Command Build(ClientOptions options)
    {
        var probe = new Option<bool>("--probe") { Description = "also make a topic, write and read a record, and delete it" };
        var command = new Command("doctor", "Check what a client on this machine sees of a cluster, with advice.") { probe };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var findings = await ExamineAsync(context.Client, context.Get(probe), cancel).ConfigureAwait(false);
            context.Output.Show(() => Json(findings), writer => Text(writer, findings));
            return findings.Any(f => f.Level == FindingLevel.Failure) ? ExitCodes.Failed : ExitCodes.Done;
        });
    }

    internal static async Task<List<Finding>> ExamineAsync(KafkaClient client, bool probe, CancellationToken cancel)
    {
        var findings = await ListenerChecks.BootstrapAsync(client, cancel).ConfigureAwait(false);
        ClusterSnapshot cluster;
        try
        {
            cluster = await client.AllTopicsAsync(cancel).ConfigureAwait(false);
        }
        catch (ClientException error)
        {
            if (findings.All(f => f.Level != FindingLevel.Failure)) findings.Add(new Finding(FindingLevel.Failure, "metadata", error.Message, error.Advice));
            return findings;
        }

        findings.Add(new Finding(FindingLevel.Ok, "metadata", $"cluster {cluster.ClusterId}: {cluster.Brokers.Count} brokers, {cluster.Topics.Count} topics"));
        findings.AddRange(await ListenerChecks.AdvertisedAsync(client, cluster, cancel).ConfigureAwait(false));
        if (findings.Any(f => f.Level == FindingLevel.Failure && f.Check.StartsWith("broker ", StringComparison.Ordinal)))
        {
            findings.Add(new Finding(FindingLevel.Note, "partitions", "not looked at: a broker that clients are sent to cannot be reached"));
            return findings;
        }

        findings.AddRange(await PartitionChecks.RunAsync(client, cluster, cancel).ConfigureAwait(false));
        findings.Add(await ClockChecks.FutureRecordsAsync(client, cluster, cancel).ConfigureAwait(false));
        if (probe) findings.AddRange(await ClockChecks.ProbeAsync(client, cancel).ConfigureAwait(false));
        return findings;
    }

    private static JsonNode Json(List<Finding> findings) => new JsonObject
    {
        ["healthy"] = findings.All(f => f.Level != FindingLevel.Failure),
        ["findings"] = JsonText.Array(findings.Select(f => f.Json())),
    };

    private static void Text(TextWriter writer, List<Finding> findings)
    {
        var width = findings.Max(f => f.Check.Length);
        foreach (var finding in findings)
        {
            writer.WriteLine($"{finding.Mark,-4}  {finding.Check.PadRight(width)}  {finding.Text}");
            if (finding.Advice is not null) writer.WriteLine($"{"",-4}  {"".PadRight(width)}  → {finding.Advice}");
        }

        var failures = findings.Count(f => f.Level == FindingLevel.Failure);
        var warnings = findings.Count(f => f.Level == FindingLevel.Warning);
        writer.WriteLine(failures + warnings == 0 ? "All is well." : $"{failures} failures, {warnings} warnings.");
    }
}
