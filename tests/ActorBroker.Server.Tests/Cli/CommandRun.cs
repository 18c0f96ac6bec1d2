using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.Server.Cli;

namespace ActorBroker.Server.Tests.Cli;

/// <summary>A command line run in this process, with what it wrote.</summary>
internal sealed record CommandRun(int Exit, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output)!;

    public static async Task<CommandRun> OfAsync(params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var configuration = new InvocationConfiguration { Output = output, Error = error };
        var exit = await CommandLine.RunAsync(CommandLine.Build([]), args, configuration);
        return new CommandRun(exit, output.ToString(), error.ToString());
    }

    /// <summary>Fails the test unless it went well.</summary>
    public CommandRun Ok()
    {
        Assert.True(Exit == 0, $"exit {Exit}\n{Output}\n{Error}");
        return this;
    }
}
