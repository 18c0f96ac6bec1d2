using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker topic list</c>.</summary>
internal static class TopicListing
{
    public static Command Build(ClientOptions options)
    {
        var all = new Option<bool>("--all", "-a") { Description = "internal topics too" };
        var sick = new Option<bool>("--under-replicated") { Description = "only topics that miss replicas or leaders" };
        var command = new Command("list", "List topics.") { all, sick };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var cluster = await context.Client.AllTopicsAsync(cancel).ConfigureAwait(false);
            var topics = cluster.Topics.Values
                .Where(t => context.Get(all) || !t.IsInternal)
                .Where(t => !context.Get(sick) || t.Partitions.Any(p => p.IsUnderReplicated || p.Leader < 0))
                .OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
            context.Output.Show(() => JsonText.Array(topics.Select(Json)), writer => Text(writer, topics));
            return ExitCodes.Done;
        });
    }

    private static JsonNode Json(TopicView topic) => new JsonObject
    {
        ["topic"] = topic.Name,
        ["id"] = topic.Id.ToString(),
        ["partitions"] = topic.Partitions.Count,
        ["replicationFactor"] = topic.ReplicationFactor,
        ["internal"] = topic.IsInternal,
        ["underReplicated"] = topic.Partitions.Count(p => p.IsUnderReplicated),
        ["offline"] = topic.Partitions.Count(p => p.Leader < 0),
    };

    private static void Text(TextWriter writer, TopicView[] topics)
    {
        if (topics.Length == 0)
        {
            writer.WriteLine("No topics.");
            return;
        }

        var table = new TextTable("TOPIC", ">PARTITIONS", ">REPLICAS", "STATE");
        foreach (var topic in topics)
        {
            var offline = topic.Partitions.Count(p => p.Leader < 0);
            var behind = topic.Partitions.Count(p => p.IsUnderReplicated);
            table.Add(topic.Name, Number(topic.Partitions.Count), Number(topic.ReplicationFactor),
                offline > 0 ? $"{offline} offline" : behind > 0 ? $"{behind} under-replicated" : topic.IsInternal ? "ok, internal" : "ok");
        }

        table.Write(writer);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
