using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.Protocol;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli;

/// <summary>Gives a command its action: errors become words on standard error and exit codes, here and nowhere else.</summary>
internal static class ClientCommand
{
    /// <summary>For commands with <c>--format text|json</c>; adds the common options.</summary>
    public static Command OnCluster(this Command command, ClientOptions options, Func<CommandContext, CancellationToken, Task<int>> run)
    {
        command.Options.Add(options.Format);
        return command.OnCluster(options, parsed => parsed.GetValue(options.Format) ?? "text", run);
    }

    /// <summary>For commands whose format is their own.</summary>
    public static Command OnCluster(
        this Command command, ClientOptions options, Func<ParseResult, string> format, Func<CommandContext, CancellationToken, Task<int>> run)
    {
        command.Options.Add(options.Bootstrap);
        command.Options.Add(options.Timeout);
        command.SetAction((parsed, cancel) => RunAsync(parsed, options, format(parsed), run, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, ClientOptions options, string format,
        Func<CommandContext, CancellationToken, Task<int>> run, CancellationToken cancel)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            await using var context = new CommandContext(parsed, options, format);
            return await run(context, cancel).ConfigureAwait(false);
        }
        catch (UsageException wrong)
        {
            return Report(error, format, "USAGE", wrong.Message, null, ExitCodes.Usage);
        }
        catch (ClientException failed)
        {
            return Report(error, format, failed.Code, failed.Message, failed.Advice, ExitCodes.Failed);
        }
        catch (Exception failed) when (failed is WireFormatException or IOException or UnauthorizedAccessException)
        {
            return Report(error, format, "FAILED", failed.Message, null, ExitCodes.Failed);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static int Report(TextWriter error, string format, string code, string message, string? advice, int exit)
    {
        if (format == "json")
        {
            var tree = new JsonObject { ["error"] = code, ["message"] = message };
            if (advice is not null) tree["advice"] = advice;
            error.WriteLine(JsonText.Show(tree, false));
            return exit;
        }

        error.WriteLine($"actorbroker: {message}");
        if (advice is not null) error.WriteLine($"  {advice}");
        return exit;
    }
}
