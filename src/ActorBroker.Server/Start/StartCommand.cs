using System.Collections;
using System.CommandLine;

namespace ActorBroker.Server.Start;

/// <summary><c>actorbroker start</c>: one node in the foreground until SIGTERM or Ctrl-C.</summary>
internal static class StartCommand
{
    public static Command Build()
    {
        var data = new Option<string?>("--data")
        {
            Description = "data directory, or several separated by commas (log.dirs); default ./data",
            HelpName = "DIR",
        };
        var listen = new Option<string?>("--listen")
        {
            Description = "address for clients, host:port (listeners); default 127.0.0.1:9092",
            HelpName = "HOST:PORT",
        };
        var advertise = new Option<string?>("--advertise")
        {
            Description = "address that clients are told to use (advertised.listeners)",
            HelpName = "HOST:PORT",
        };
        var node = new Option<int?>("--node-id") { Description = "this node's id (node.id); default 1", HelpName = "N" };
        var cluster = new Option<string?>("--cluster-listen")
        {
            Description = "address for the other nodes of a cluster, host:port (actorbroker.cluster.listen)",
            HelpName = "HOST:PORT",
        };
        var bulk = new Option<string?>("--bulk-listen")
        {
            Description = "address for replicated data; default: the next free port (actorbroker.cluster.bulk.listen)",
            HelpName = "HOST:PORT",
        };
        var seed = new Option<string?>("--seed")
        {
            Description = "--cluster-listen addresses of the nodes that form a new cluster (actorbroker.cluster.seeds)",
            HelpName = "HOST:PORT,…",
        };
        var config = new Option<string?>("--config") { Description = "HOCON file or server.properties", HelpName = "FILE" };
        var set = new Option<string[]>("--set")
        {
            Description = "one setting by its Kafka name; may be repeated",
            HelpName = "KEY=VALUE",
        };
        var command = new Command("start", "Run one broker node in the foreground.")
        {
            data, listen, advertise, node, cluster, bulk, seed, config, set,
        };
        command.SetAction((parsed, cancel) =>
        {
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var pair in parsed.GetValue(set) ?? [])
            {
                var at = pair.IndexOf('=');
                if (at <= 0)
                {
                    Console.Error.WriteLine($"actorbroker: --set {pair} is not KEY=VALUE");
                    return Task.FromResult(2);
                }

                settings[pair[..at].Trim()] = pair[(at + 1)..].Trim();
            }

            return RunAsync(new StartOptions
            {
                DataDirectories = parsed.GetValue(data),
                Listen = parsed.GetValue(listen),
                Advertise = parsed.GetValue(advertise),
                NodeId = parsed.GetValue(node),
                ClusterListen = parsed.GetValue(cluster),
                BulkListen = parsed.GetValue(bulk),
                Seeds = parsed.GetValue(seed),
                ConfigFile = parsed.GetValue(config),
                Settings = settings,
            });
        });
        return command;
    }

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
