using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Protocol;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker config describe|set|delete</c> for topics, single brokers and the cluster's default.</summary>
internal static class ConfigCommands
{
    private sealed class Target
    {
        public Target(ClientOptions options) => Topic.AddTopics(options);

        public Option<string?> Topic { get; } = new("--topic", "-t") { Description = "of this topic", HelpName = "TOPIC" };

        public Option<string?> Broker { get; } = new("--broker") { Description = "of this broker, or 'default' for all", HelpName = "ID|default" };

        public void AddTo(Command command)
        {
            command.Options.Add(Topic);
            command.Options.Add(Broker);
        }

        public async Task<(ConfigScope Scope, string Name)> FindAsync(CommandContext context, CancellationToken cancel)
        {
            var (topic, broker) = (context.Get(Topic), context.Get(Broker));
            if ((topic is null) == (broker is null)) throw new UsageException("give one of --topic TOPIC and --broker ID");
            if (topic is not null)
                return (ConfigScope.Topic, (await context.Client.TopicAsync(topic, cancel).ConfigureAwait(false)).Name);
            if (broker == "default") return (ConfigScope.Broker, "");
            return int.TryParse(broker, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? (ConfigScope.Broker, broker!)
                : throw new UsageException($"'{broker}' is no broker id; give a number or 'default'");
        }
    }

    public static Command Build(ClientOptions options) => new("config", "Show and change configs of topics and brokers.")
    {
        Describe(options), Set(options), Delete(options),
    };

    /// <summary>Applies changes and says so; unknown names get the nearest that exists.</summary>
    internal static async Task ApplyAsync(CommandContext context, ConfigScope scope, string name,
        IReadOnlyList<(ConfigOperation Operation, string Key, string? Value)> changes, bool dryRun, CancellationToken cancel)
    {
        try
        {
            await context.Client.AlterConfigsAsync(scope, name, changes, dryRun, cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException error) when (error.Error is ErrorCode.InvalidConfig or ErrorCode.InvalidRequest)
        {
            var known = await context.Client.DescribeConfigsAsync(scope, name, false, cancel).ConfigureAwait(false);
            var unknown = changes.Select(c => c.Key).FirstOrDefault(key => known.All(c => c.Name != key));
            var near = unknown is null ? null : NearestName.Find(unknown, known.Select(c => c.Name));
            throw new KafkaErrorException(error.Error, error.Message) { Advice = near is null ? null : $"did you mean '{near}'?" };
        }

        var subject = name.Length == 0 ? "all brokers" : $"{scope.ToString().ToLowerInvariant()} {name}";
        var list = string.Join(", ", changes.Select(c => c.Operation == ConfigOperation.Delete ? $"{c.Key} back to its default" : $"{c.Key}={c.Value}"));
        context.Output.Done($"{(dryRun ? "Could change" : "Changed")} {subject}: {list}.", new JsonObject
        {
            ["scope"] = scope.ToString().ToLowerInvariant(),
            ["name"] = name,
            ["changed"] = !dryRun,
            ["keys"] = JsonText.Array(changes.Select(c => c.Key)),
        });
    }

    private static Command Describe(ClientOptions options)
    {
        var target = new Target(options);
        var all = new Option<bool>("--all", "-a") { Description = "those at their defaults too" };
        var docs = new Option<bool>("--docs") { Description = "with each config's explanation" };
        var keys = new Argument<string[]>("keys") { Description = "only these", HelpName = "KEY", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("describe", "Show configs that were set, or all of them.") { keys, all, docs };
        target.AddTo(command);
        return command.OnCluster(options, async (context, cancel) =>
        {
            var (scope, name) = await target.FindAsync(context, cancel).ConfigureAwait(false);
            var wanted = context.Get(keys) ?? [];
            var known = await context.Client.DescribeConfigsAsync(scope, name, context.Get(docs), cancel).ConfigureAwait(false);
            foreach (var key in wanted)
            {
                if (known.Any(c => c.Name == key)) continue;
                var near = NearestName.Find(key, known.Select(c => c.Name));
                throw new ClientException($"there is no config '{key}' here") { Advice = near is null ? null : $"did you mean '{near}'?" };
            }

            var shown = known.Where(c => wanted.Length > 0 ? wanted.Contains(c.Name) : context.Get(all) || !c.IsDefault).ToArray();
            context.Output.Show(() => JsonText.Array(shown.Select(Json)), writer => Text(writer, shown, context.Get(docs)));
            return ExitCodes.Done;
        });
    }

    private static Command Set(ClientOptions options)
    {
        var target = new Target(options);
        var pairs = new Argument<string[]>("pairs") { Description = "what to set", HelpName = "KEY=VALUE", Arity = ArgumentArity.OneOrMore };
        var dryRun = new Option<bool>("--dry-run") { Description = "only check" };
        var command = new Command("set", "Set configs.") { pairs, dryRun };
        target.AddTo(command);
        return command.OnCluster(options, async (context, cancel) =>
        {
            var changes = TopicCommands.Pairs(context.Get(pairs)).Select(p => (ConfigOperation.Set, p.Key, (string?)p.Value)).ToArray();
            var (scope, name) = await target.FindAsync(context, cancel).ConfigureAwait(false);
            await ApplyAsync(context, scope, name, changes, context.Get(dryRun), cancel).ConfigureAwait(false);
            return ExitCodes.Done;
        });
    }

    private static Command Delete(ClientOptions options)
    {
        var target = new Target(options);
        var keys = new Argument<string[]>("keys") { Description = "what to put back to its default", HelpName = "KEY", Arity = ArgumentArity.OneOrMore };
        var dryRun = new Option<bool>("--dry-run") { Description = "only check" };
        var command = new Command("delete", "Put configs back to their defaults.") { keys, dryRun };
        target.AddTo(command);
        return command.OnCluster(options, async (context, cancel) =>
        {
            var (scope, name) = await target.FindAsync(context, cancel).ConfigureAwait(false);
            var changes = context.Get(keys)!.Select(key => (ConfigOperation.Delete, key, (string?)null)).ToArray();
            await ApplyAsync(context, scope, name, changes, context.Get(dryRun), cancel).ConfigureAwait(false);
            return ExitCodes.Done;
        });
    }

    private static JsonNode Json(ConfigValue config)
    {
        var tree = new JsonObject
        {
            ["name"] = config.Name, ["value"] = config.Value, ["source"] = config.Source, ["readOnly"] = config.ReadOnly, ["sensitive"] = config.Sensitive,
        };
        if (config.Documentation is not null) tree["documentation"] = config.Documentation;
        return tree;
    }

    private static void Text(TextWriter writer, ConfigValue[] configs, bool docs)
    {
        if (configs.Length == 0)
        {
            writer.WriteLine("Nothing is set; --all shows the defaults.");
            return;
        }

        var table = new TextTable("CONFIG", "VALUE", "SOURCE");
        foreach (var config in configs)
            table.Add(config.Name, config.Sensitive ? "(hidden)" : config.Value ?? "", config.ReadOnly ? $"{config.Source}, read-only" : config.Source);
        if (!docs)
        {
            table.Write(writer);
            return;
        }

        foreach (var config in configs)
        {
            writer.WriteLine($"{config.Name}={(config.Sensitive ? "(hidden)" : config.Value)}  [{config.Source}{(config.ReadOnly ? ", read-only" : "")}]");
            if (!string.IsNullOrWhiteSpace(config.Documentation)) writer.WriteLine($"    {config.Documentation.ReplaceLineEndings(" ")}");
        }
    }
}
