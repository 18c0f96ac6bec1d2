using System.CommandLine;
using System.CommandLine.Invocation;
using ActorBroker.Server.Cli.Commands;

namespace ActorBroker.Server.Cli;

/// <summary>The command tree of the executable. Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 interrupted.</summary>
public static class CommandLine
{
    /// <summary>The client commands behind <paramref name="more"/>, which the composition root brings along (<c>start</c>).</summary>
    public static RootCommand Build(IEnumerable<Command> more)
    {
        var options = new ClientOptions();
        var root = new RootCommand("ActorBroker: a distributed event broker that speaks Kafka's wire protocol.");
        foreach (var command in more) root.Subcommands.Add(command);
        root.Subcommands.Add(TopicCommands.Build(options));
        root.Subcommands.Add(ProduceCommand.Build(options));
        root.Subcommands.Add(ConsumeCommand.Build(options));
        root.Subcommands.Add(GroupCommands.Build(options));
        root.Subcommands.Add(ConfigCommands.Build(options));
        root.Subcommands.Add(ClusterCommands.Build(options));
        root.Subcommands.Add(BenchCommands.Build(options));
        root.Subcommands.Add(DoctorCommand.Build(options));
        root.Subcommands.Add(CompletionCommand.Build());
        return root;
    }

    public static Task<int> RunAsync(string[] args, IEnumerable<Command> more) => RunAsync(Build(more), args, new InvocationConfiguration());

    /// <summary>As <see cref="RunAsync(string[], IEnumerable{Command})"/>, writing to where <paramref name="configuration"/>
    /// says.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] args, InvocationConfiguration configuration)
    {
        var parsed = root.Parse(args);
        if (parsed.Action is not ParseErrorAction wrong) return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        wrong.ShowHelp = false;
        parsed.Invoke(new InvocationConfiguration { Output = configuration.Error, Error = configuration.Error });
        configuration.Error.WriteLine($"See '{Path(parsed.CommandResult.Command)} --help'.");
        return ExitCodes.Usage;
    }

    private static string Path(Command command)
    {
        var names = new List<string>();
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
            names.Insert(0, at is RootCommand ? "actorbroker" : at.Name);
        return string.Join(' ', names);
    }
}
