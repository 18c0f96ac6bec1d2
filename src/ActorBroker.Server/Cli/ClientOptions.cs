using System.CommandLine;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli;

/// <summary>The options that every command which talks to a cluster has.</summary>
internal sealed class ClientOptions
{
    public const string BootstrapVariable = "ACTORBROKER_BOOTSTRAP";
    public const string DefaultBootstrap = "127.0.0.1:9092";

    public ClientOptions()
    {
        Bootstrap.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !BrokerAddress.TryParseList(result.Tokens[0].Value, out _, out var error)) result.AddError(error);
        });
        Timeout.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(TimeText.TryParseDuration(result.Tokens[0].Value, out var limit) && limit > TimeSpan.Zero))
                result.AddError($"'{result.Tokens[0].Value}' is no duration; write one like 10s or 2m");
        });
        Format.AcceptOnlyFromAmong("text", "json");
    }

    public Option<string?> Bootstrap { get; } = new("--bootstrap", "-b")
    {
        Description = $"brokers to ask first; default {DefaultBootstrap}, or the environment's {BootstrapVariable}",
        HelpName = "HOST:PORT,…",
    };

    public Option<string?> Timeout { get; } = new("--timeout") { Description = "time for one operation with its retries; default 60s", HelpName = "DURATION" };

    public Option<string> Format { get; } = new("--format") { Description = "text or json", HelpName = "text|json", DefaultValueFactory = _ => "text" };

    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "do not ask" };

    public ClientSettings Settings(ParseResult parsed)
    {
        var text = parsed.GetValue(Bootstrap) ?? Environment.GetEnvironmentVariable(BootstrapVariable);
        if (string.IsNullOrWhiteSpace(text)) text = DefaultBootstrap;
        if (!BrokerAddress.TryParseList(text, out var addresses, out var error)) throw new UsageException($"{BootstrapVariable}: {error}");
        var settings = new ClientSettings { Bootstrap = addresses };
        return parsed.GetValue(Timeout) is { } given && TimeText.TryParseDuration(given, out var limit)
            ? settings with
            {
                CallTimeout = limit,
                RequestTimeout = limit < settings.RequestTimeout ? limit : settings.RequestTimeout,
                ConnectTimeout = limit < settings.ConnectTimeout ? limit : settings.ConnectTimeout,
            }
            : settings;
    }
}
