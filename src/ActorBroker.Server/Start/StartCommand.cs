using System.Collections;
using System.CommandLine;

namespace ActorBroker.Server.Start;

/// <summary><c>actorbroker start</c>: one node in the foreground until SIGTERM or Ctrl-C.</summary>
internal static class StartCommand
{
    private static readonly Option<string?> s_data =
        Text("--data", "DIR", "data directory, or several separated by commas (log.dirs); default ./data");

    private static readonly Option<string?> s_listen =
        Text("--listen", "HOST:PORT", "address for clients, host:port (listeners); default 127.0.0.1:9092");

    private static readonly Option<string?> s_advertise =
        Text("--advertise", "HOST:PORT", "address that clients are told to use (advertised.listeners)");

    private static readonly Option<int?> s_node = new("--node-id") { Description = "this node's id (node.id); default 1", HelpName = "N" };

    private static readonly Option<string?> s_cluster =
        Text("--cluster-listen", "HOST:PORT", "address for the other nodes of a cluster, host:port (actorbroker.cluster.listen)");

    private static readonly Option<string?> s_bulk =
        Text("--bulk-listen", "HOST:PORT", "address for replicated data; default: the next free port (actorbroker.cluster.bulk.listen)");

    private static readonly Option<string?> s_seed =
        Text("--seed", "HOST:PORT,…", "--cluster-listen addresses of the nodes that form a new cluster (actorbroker.cluster.seeds)");

    private static readonly Option<string?> s_config = Text("--config", "FILE", "HOCON file or server.properties");

    private static readonly Option<string[]> s_set = new("--set")
    {
        Description = "one setting by its Kafka name; may be repeated",
        HelpName = "KEY=VALUE",
    };

    public static Command Build()
    {
        var command = new Command("start", "Run one broker node in the foreground.")
        {
            s_data, s_listen, s_advertise, s_node, s_cluster, s_bulk, s_seed, s_config, s_set,
        };
        command.SetAction((parsed, _) => TryOptions(parsed, out var options) ? RunAsync(options) : Task.FromResult(2));
        return command;
    }

    private static bool TryOptions(ParseResult parsed, out StartOptions options)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        options = new StartOptions
        {
            DataDirectories = parsed.GetValue(s_data),
            Listen = parsed.GetValue(s_listen),
            Advertise = parsed.GetValue(s_advertise),
            NodeId = parsed.GetValue(s_node),
            ClusterListen = parsed.GetValue(s_cluster),
            BulkListen = parsed.GetValue(s_bulk),
            Seeds = parsed.GetValue(s_seed),
            ConfigFile = parsed.GetValue(s_config),
            Settings = settings,
        };
        foreach (var pair in parsed.GetValue(s_set) ?? [])
        {
            var at = pair.IndexOf('=');
            if (at <= 0)
            {
                Console.Error.WriteLine($"actorbroker: --set {pair} is not KEY=VALUE");
                return false;
            }

            settings[pair[..at].Trim()] = pair[(at + 1)..].Trim();
        }

        return true;
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    /// <summary>Exit codes: 0 stopped in order, 1 failed, 2 the configuration is wrong.</summary>
    internal static async Task<int> RunAsync(StartOptions options)
    {
        using var signals = new StopSignals();
        try
        {
            var check = ConfigSources.Gather(options, Environment());
            if (check.Errors.Count > 0)
            {
                foreach (var error in check.Errors) Console.Error.WriteLine($"actorbroker: {error}");
                return 2;
            }

            var starting = BrokerNode.StartAsync(check, ConfigSources.AkkaConfig(options));
            // A node of a cluster waits for the others as long as it takes; nothing is open yet that would have to be closed in order.
            if (await Task.WhenAny(starting, signals.Requested).ConfigureAwait(false) != starting) return 0;
            await using var node = await starting.ConfigureAwait(false);
            Console.Out.WriteLine(node.ReadyText);
            Console.Out.Flush();
            await Task.WhenAny(signals.Requested, node.Terminated).ConfigureAwait(false);
            return await node.StopAsync().ConfigureAwait(false) ? 0 : 1;
        }
        catch (StartException error)
        {
            Console.Error.WriteLine($"actorbroker: {error.Message}");
            return 2;
        }
    }

    private static Dictionary<string, string> Environment()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables()) all[(string)entry.Key] = (string?)entry.Value ?? "";
        return all;
    }
}
