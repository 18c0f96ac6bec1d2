using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Protocol;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Commands;

/// <summary><c>actorbroker group list|describe|reset|delete</c>.</summary>
internal static class GroupCommands
{
    public static Command Build(ClientOptions options) => new("group", "List, describe, reset and delete consumer groups.")
    {
        List(options), Describe(options), GroupReset.Build(options), Delete(options),
    };

    internal static Argument<string> Name(ClientOptions options)
    {
        var name = new Argument<string>("group") { Description = "the group's name", HelpName = "GROUP" };
        name.AddGroups(options);
        return name;
    }

    internal static async Task<ClientException> UnknownAsync(KafkaClient client, string group, CancellationToken cancel)
    {
        var near = NearestName.Find(group, (await client.ListGroupsAsync(cancel).ConfigureAwait(false)).Select(g => g.Id));
        return new KafkaErrorException(ErrorCode.GroupIdNotFound, $"group '{group}' does not exist")
        {
            Advice = near is null ? "see 'actorbroker group list'" : $"did you mean '{near}'?",
        };
    }

    private static Command List(ClientOptions options)
    {
        var command = new Command("list", "List groups.");
        return command.OnCluster(options, async (context, cancel) =>
        {
            var groups = await context.Client.ListGroupsAsync(cancel).ConfigureAwait(false);
            context.Output.Show(
                () => JsonText.Array(groups.Select(g => (JsonNode)new JsonObject
                {
                    ["group"] = g.Id, ["state"] = g.State, ["type"] = g.Type, ["protocolType"] = g.ProtocolType, ["coordinator"] = g.Coordinator,
                })),
                writer =>
                {
                    if (groups.Count == 0)
                    {
                        writer.WriteLine("No groups.");
                        return;
                    }

                    var table = new TextTable("GROUP", "STATE", "TYPE", "PROTOCOL", ">COORDINATOR");
                    foreach (var g in groups)
                        table.Add(g.Id, g.State, g.Type, g.ProtocolType.Length > 0 ? g.ProtocolType : "-", g.Coordinator.ToString(
                            CultureInfo.InvariantCulture));
                    table.Write(writer);
                });
            return ExitCodes.Done;
        });
    }

    private static Command Describe(ClientOptions options)
    {
        var name = Name(options);
        var members = new Option<bool>("--members") { Description = "members with their partitions" };
        var command = new Command("describe", "Show a group's state, positions and lag.") { name, members };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var group = await context.Client.DescribeGroupAsync(context.Get(name)!, cancel).ConfigureAwait(false);
            var lags = await GroupLag.OfAsync(context.Client, group, cancel).ConfigureAwait(false);
            if (group.State == "Dead" && lags.Count == 0) throw await UnknownAsync(context.Client, group.Id, cancel).ConfigureAwait(false);
            context.Output.Show(() => Json(group, lags), writer => Text(writer, group, lags, context.Get(members)));
            return ExitCodes.Done;
        });
    }

    private static Command Delete(ClientOptions options)
    {
        var names = new Argument<string[]>("groups") { Description = "names of groups without members", HelpName = "GROUP", Arity = ArgumentArity.OneOrMore };
        names.AddGroups(options);
        var command = new Command("delete", "Delete groups with their positions.") { names, options.Yes };
        return command.OnCluster(options, async (context, cancel) =>
        {
            var groups = context.Get(names)!.Distinct(StringComparer.Ordinal).ToArray();
            if (!context.Confirm($"Delete {string.Join(", ", groups)} with all positions?")) return ExitCodes.Failed;
            foreach (var group in groups)
            {
                try
                {
                    await context.Client.DeleteGroupAsync(group, cancel).ConfigureAwait(false);
                }
                catch (KafkaErrorException error) when (error.Error == ErrorCode.GroupIdNotFound)
                {
                    throw await UnknownAsync(context.Client, group, cancel).ConfigureAwait(false);
                }
                catch (KafkaErrorException error) when (error.Error == ErrorCode.NonEmptyGroup)
                {
                    throw new KafkaErrorException(error.Error, error.Message) { Advice = "stop its members first: 'actorbroker group describe --members'" };
                }
            }

            context.Output.Done($"Deleted {string.Join(", ", groups)}.", new JsonObject { ["deleted"] = JsonText.Array(groups) });
            return ExitCodes.Done;
        });
    }

    private static JsonNode Json(GroupDescription group, IReadOnlyList<GroupLag> lags) => new JsonObject
    {
        ["group"] = group.Id,
        ["state"] = group.State,
        ["protocolType"] = group.ProtocolType,
        ["assignor"] = group.Assignor,
        ["members"] = JsonText.Array(group.Members.Select(m => (JsonNode)new JsonObject
        {
            ["id"] = m.Id, ["instanceId"] = m.InstanceId, ["clientId"] = m.ClientId, ["host"] = m.Host,
            ["partitions"] = JsonText.Array(m.Assignment.Select(at => at.ToString())),
        })),
        ["partitions"] = JsonText.Array(lags.Select(l => (JsonNode)new JsonObject
        {
            ["topic"] = l.At.Topic, ["partition"] = l.At.Partition, ["committed"] = l.Committed, ["end"] = l.End, ["lag"] = l.Lag, ["member"] = l.Member?.Id,
        })),
        ["lag"] = lags.Sum(l => l.Lag ?? 0),
    };

    private static void Text(TextWriter writer, GroupDescription group, IReadOnlyList<GroupLag> lags, bool members)
    {
        writer.WriteLine($"Group {group.Id}  state {group.State}  members {group.Members.Count}"
            + (group.Assignor.Length > 0 ? $"  assignor {group.Assignor}" : "") + $"  lag {lags.Sum(l => l.Lag ?? 0)}");
        if (members)
        {
            var who = new TextTable("MEMBER", "INSTANCE", "CLIENT", "HOST", "PARTITIONS");
            foreach (var m in group.Members) who.Add(m.Id, m.InstanceId ?? "-", m.ClientId, m.Host, string.Join(' ', m.Assignment));
            if (group.Members.Count > 0) who.Write(writer);
            return;
        }

        if (lags.Count == 0) return;
        var table = new TextTable("TOPIC", ">PARTITION", ">COMMITTED", ">END", ">LAG", "CLIENT", "HOST");
        foreach (var l in lags)
            table.Add(l.At.Topic, l.At.Partition.ToString(CultureInfo.InvariantCulture), Show(l.Committed), Show(l.End), Show(l.Lag),
                l.Member?.ClientId ?? "-", l.Member?.Host ?? "-");
        table.Write(writer);
    }

    private static string Show(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
