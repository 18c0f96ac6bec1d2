using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.Core.Metadata;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Commands;

/// <summary>
/// <c>actorbroker cluster upgrade</c>: the end of a rolling upgrade. Until then the metadata keep the form of the earlier version, and every
/// node can go back to it; from then on none can.
/// </summary>
internal static class UpgradeCommand
{
    public static Command Build(ClientOptions options)
    {
        var dryRun = ClusterCommands.DryRun();
        var command = new Command(
            "upgrade", "End a rolling upgrade: when all nodes run this version, let them write what only it understands. There is no way back.")
        {
            dryRun, options.Yes,
        };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var only = context.Get(dryRun);
            await context.Client.RaiseLevelAsync(MetadataFeature.Name, MetadataFeature.Level, true, cancel).ConfigureAwait(false);
            if (!only)
            {
                if (!context.Confirm("No node can go back to an earlier version then. Go on?")) return ExitCodes.Failed;
                await context.Client.RaiseLevelAsync(MetadataFeature.Name, MetadataFeature.Level, false, cancel).ConfigureAwait(false);
            }

            context.Output.Done(
                only ? $"The metadata could be at level {MetadataFeature.Level}." : $"The metadata are at level {MetadataFeature.Level}.",
                new JsonObject { ["level"] = MetadataFeature.Level, ["raised"] = !only });
            return ExitCodes.Done;
        });
    }
}
