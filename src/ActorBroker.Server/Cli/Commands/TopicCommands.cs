using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker topic list|create|describe|alter|delete|add-partitions</c>.</summary>
internal static class TopicCommands
{
    public static Command Build(ClientOptions options) => new("topic", "List, create, describe, change and delete topics.")
    {
        TopicListing.Build(options),
        Create(options),
        TopicDescription.Build(options),
        Alter(options),
        Delete(options),
        AddPartitions(options),
    };

    internal static Argument<string> Name(ClientOptions options, bool known = true)
    {
        var name = new Argument<string>("topic") { Description = "the topic's name", HelpName = "TOPIC" };
        if (known) name.AddTopics(options);
        return name;
    }

    /// <summary><c>key=value</c> pairs; throws <see cref="UsageException"/> for anything else.</summary>
    internal static List<(string Key, string Value)> Pairs(IEnumerable<string>? texts)
    {
        var pairs = new List<(string, string)>();
        foreach (var text in texts ?? [])
        {
            var equals = text.IndexOf('=');
            if (equals <= 0) throw new UsageException($"'{text}' is not KEY=VALUE");
            pairs.Add((text[..equals].Trim(), text[(equals + 1)..].Trim()));
        }

        return pairs;
    }

    private static Command Create(ClientOptions options)
    {
        var name = Name(options, false);
        var partitions = new Option<int?>("--partitions", "-p") { Description = "how many; default the broker's num.partitions", HelpName = "N" };
        var replicas = new Option<int?>("--replication-factor", "-r") { Description = "copies of each; default the broker's", HelpName = "N" };
        var config = new Option<string[]>("--config", "-c") { Description = "a config of the topic; may be repeated", HelpName = "KEY=VALUE" };
        var ifMissing = new Option<bool>("--if-not-exists") { Description = "do nothing when it is there already" };
        var dryRun = new Option<bool>("--dry-run") { Description = "only check whether it could be created" };
        var command = new Command("create", "Create a topic.") { name, partitions, replicas, config, ifMissing, dryRun };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var topic = new CreateTopicsRequest.CreatableTopic
            {
                Name = context.Get(name)!,
                NumPartitions = context.Get(partitions) ?? -1,
                ReplicationFactor = (short)(context.Get(replicas) ?? -1),
            };
            foreach (var (key, value) in Pairs(context.Get(config))) topic.Configs.Add(new() { Name = key, Value = value });
            try
            {
                var made = await context.Client.CreateAsync(topic, context.Get(dryRun), cancel).ConfigureAwait(false);
                var counts = made.NumPartitions > 0
                    ? string.Create(CultureInfo.InvariantCulture, $" with {made.NumPartitions} partitions, {made.ReplicationFactor} replicas each")
                    : "";
                context.Output.Done($"{(context.Get(dryRun) ? "Could create" : "Created")} topic {topic.Name}{counts}.", new JsonObject
                {
                    ["topic"] = topic.Name,
                    ["id"] = made.TopicId.ToString(),
                    ["partitions"] = made.NumPartitions,
                    ["replicationFactor"] = made.ReplicationFactor,
                    ["created"] = !context.Get(dryRun),
                });
            }
            catch (KafkaErrorException error) when (error.Error == ErrorCode.TopicAlreadyExists && context.Get(ifMissing))
            {
                context.Output.Done($"Topic {topic.Name} exists already.", new JsonObject { ["topic"] = topic.Name, ["created"] = false });
            }

            return ExitCodes.Done;
        });
    }

    private static Command Alter(ClientOptions options)
    {
        var name = Name(options);
        var set = new Option<string[]>("--set") { Description = "set a config; may be repeated", HelpName = "KEY=VALUE" };
        var delete = new Option<string[]>("--unset") { Description = "back to the default; may be repeated", HelpName = "KEY" };
        var dryRun = new Option<bool>("--dry-run") { Description = "only check" };
        var command = new Command("alter", "Change a topic's configs.") { name, set, delete, dryRun };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var changes = Pairs(context.Get(set)).Select(pair => (ConfigOperation.Set, pair.Key, (string?)pair.Value))
                .Concat((context.Get(delete) ?? []).Select(key => (ConfigOperation.Delete, key, (string?)null))).ToArray();
            if (changes.Length == 0) throw new UsageException("nothing to change: give --set KEY=VALUE or --unset KEY");
            var topic = await context.Client.TopicAsync(context.Get(name)!, cancel).ConfigureAwait(false);
            await ConfigCommands.ApplyAsync(context, ConfigScope.Topic, topic.Name, changes, context.Get(dryRun), cancel).ConfigureAwait(false);
            return ExitCodes.Done;
        });
    }

    private static Command Delete(ClientOptions options)
    {
        var names = new Argument<string[]>("topics") { Description = "names of topics", HelpName = "TOPIC", Arity = ArgumentArity.OneOrMore };
        names.AddTopics(options);
        var command = new Command("delete", "Delete topics with all their records.") { names, options.Yes };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var topics = new List<TopicView>();
            foreach (var name in context.Get(names)!.Distinct(StringComparer.Ordinal))
                topics.Add(await context.Client.TopicAsync(name, cancel).ConfigureAwait(false));
            if (!context.Confirm($"Delete {string.Join(", ", topics.Select(t => t.Name))} with all records?")) return ExitCodes.Failed;
            foreach (var topic in topics) await context.Client.DeleteAsync(topic.Name, cancel).ConfigureAwait(false);
            context.Output.Done(
                $"Deleted {string.Join(", ", topics.Select(t => t.Name))}.",
                new JsonObject { ["deleted"] = JsonText.Array(topics.Select(t => t.Name)) });
            return ExitCodes.Done;
        });
    }

    private static Command AddPartitions(ClientOptions options)
    {
        var name = Name(options);
        var total = new Option<int?>("--total") { Description = "partitions that the topic shall have then", HelpName = "N" };
        var more = new Option<int?>("--add") { Description = "partitions to add", HelpName = "N" };
        var dryRun = new Option<bool>("--dry-run") { Description = "only check" };
        var command = new Command("add-partitions", "Give a topic more partitions. Keys map to other partitions from then on.") { name, total, more, dryRun };
        return command.OnCluster(options, async (context, cancel) =>
        {
            if ((context.Get(total) is null) == (context.Get(more) is null)) throw new UsageException("give one of --total N and --add N");
            await context.Client.ForgetAsync(cancel).ConfigureAwait(false);
            var topic = await context.Client.TopicAsync(context.Get(name)!, cancel).ConfigureAwait(false);
            var count = context.Get(total) ?? topic.Partitions.Count + context.Get(more)!.Value;
            if (count <= topic.Partitions.Count)
                throw new ClientException($"topic {topic.Name} has {topic.Partitions.Count} partitions already; they can only become more");
            await context.Client.GrowAsync(topic.Name, count, context.Get(dryRun), cancel).ConfigureAwait(false);
            context.Output.Done(
                $"Topic {topic.Name} {(context.Get(dryRun) ? "could have" : "has")} {count} partitions, {topic.Partitions.Count} before.",
                new JsonObject { ["topic"] = topic.Name, ["partitions"] = count, ["before"] = topic.Partitions.Count });
            return ExitCodes.Done;
        });
    }
}
