using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker topic describe</c>: partitions with leaders, replicas and offsets, and the configs that were changed.</summary>
internal static class TopicDescription
{
    private sealed record Described(
        TopicView Topic, IReadOnlyDictionary<TopicPartition, FoundOffset> Starts, IReadOnlyDictionary<TopicPartition, FoundOffset> Ends,
        IReadOnlyList<ConfigValue> Configs);

    public static Command Build(ClientOptions options)
    {
        var names = new Argument<string[]>("topics") { Description = "names of topics", HelpName = "TOPIC", Arity = ArgumentArity.OneOrMore };
        names.AddTopics(options);
        var command = new Command("describe", "Show a topic's partitions, offsets and configs.") { names };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var all = new List<Described>();
            foreach (var name in context.Get(names)!.Distinct(StringComparer.Ordinal))
                all.Add(await DescribeAsync(context.Client, name, cancel).ConfigureAwait(false));
            context.Output.Show(() => JsonText.Array(all.Select(Json)), writer => all.ForEach(topic => Text(writer, topic)));
            return ExitCodes.Done;
        });
    }

    private static async Task<Described> DescribeAsync(KafkaClient client, string name, CancellationToken cancel)
    {
        var topic = await client.TopicAsync(name, cancel).ConfigureAwait(false);
        var led = topic.Partitions.Where(p => p.Leader >= 0).Select(p => new TopicPartition(name, p.Index)).ToArray();
        var starts = await client.FindOffsetsAsync(led, OffsetCalls.Earliest, cancel).ConfigureAwait(false);
        var ends = await client.FindOffsetsAsync(led, OffsetCalls.Latest, cancel).ConfigureAwait(false);
        var configs = await client.DescribeConfigsAsync(ConfigScope.Topic, name, false, cancel).ConfigureAwait(false);
        return new Described(topic, starts, ends, [.. configs.Where(c => c.Source == "topic")]);
    }

    private static JsonNode Json(Described described) => new JsonObject
    {
        ["topic"] = described.Topic.Name,
        ["id"] = described.Topic.Id.ToString(),
        ["internal"] = described.Topic.IsInternal,
        ["replicationFactor"] = described.Topic.ReplicationFactor,
        ["configs"] = new JsonObject(described.Configs.Select(c => KeyValuePair.Create(c.Name, (JsonNode?)JsonValue.Create(c.Value)))),
        ["partitions"] = JsonText.Array(described.Topic.Partitions.Select(p => (JsonNode)new JsonObject
        {
            ["partition"] = p.Index,
            ["leader"] = p.Leader,
            ["leaderEpoch"] = p.LeaderEpoch,
            ["replicas"] = JsonText.Array(p.Replicas),
            ["isr"] = JsonText.Array(p.Isr),
            ["offline"] = JsonText.Array(p.Offline),
            ["startOffset"] = Offset(described.Starts, described.Topic.Name, p.Index),
            ["endOffset"] = Offset(described.Ends, described.Topic.Name, p.Index),
        })),
    };

    private static void Text(TextWriter writer, Described described)
    {
        var topic = described.Topic;
        writer.WriteLine($"Topic {topic.Name}  id {topic.Id}  partitions {topic.Partitions.Count}  replicas {topic.ReplicationFactor}");
        foreach (var config in described.Configs) writer.WriteLine($"  {config.Name}={config.Value}");
        var table = new TextTable(">PARTITION", ">LEADER", ">EPOCH", "REPLICAS", "ISR", ">START", ">END", "STATE");
        foreach (var p in topic.Partitions)
        {
            table.Add(Number(p.Index), p.Leader < 0 ? "none" : Number(p.Leader), Number(p.LeaderEpoch), string.Join(',', p.Replicas),
                string.Join(',', p.Isr), Show(Offset(described.Starts, topic.Name, p.Index)), Show(Offset(described.Ends, topic.Name, p.Index)),
                p.Leader < 0 ? "offline" : p.IsUnderReplicated ? "under-replicated" : "ok");
        }

        table.Write(writer);
    }

    private static long? Offset(IReadOnlyDictionary<TopicPartition, FoundOffset> offsets, string topic, int partition) =>
        offsets.TryGetValue(new TopicPartition(topic, partition), out var found) ? found.Offset : null;

    private static string Show(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
