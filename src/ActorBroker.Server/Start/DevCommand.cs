using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace ActorBroker.Server.Start;

/// <summary>
/// <c>actorbroker dev --nodes 3</c>: a cluster for a developer in one command. Each node is a process of its own on free loopback ports; its
/// lines come out with the node's number before them. Ctrl-C or SIGTERM stops all in order. A node that ends stays away, so that one can
/// be killed to see what happens.
/// </summary>
internal static class DevCommand
{
    private static readonly TimeSpan s_readyLimit = TimeSpan.FromSeconds(120);

    private static readonly Option<int> s_nodes = new("--nodes", "-n")
    {
        Description = "how many nodes; default 3", HelpName = "N", DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string?> s_data = new("--data")
    {
        Description = "directory for all nodes' data, kept; default: a temporary one, removed at the end", HelpName = "DIR",
    };

    private static readonly Option<int> s_port = new("--port")
    {
        Description = "client port of the first node; the others take the next ones; default: free ones", HelpName = "PORT",
    };

    private static readonly Option<string[]> s_set = new("--set") { Description = "one setting for all nodes; may be repeated", HelpName = "KEY=VALUE" };

    public static Command Build()
    {
        var command = new Command("dev", "Run a cluster of several nodes on this machine, to develop against.") { s_nodes, s_data, s_port, s_set };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(s_nodes), parsed.GetValue(s_data), parsed.GetValue(s_port), parsed.GetValue(s_set) ?? []));
        return command;
    }

    /// <summary>Exit codes as those of <c>start</c>: 0 all stopped in order, 1 one did not, 2 the command line is wrong.</summary>
    private static async Task<int> RunAsync(int count, string? data, int port, string[] settings)
    {
        if (count is < 1 or > 9)
        {
            Console.Error.WriteLine($"actorbroker: --nodes {count}: from 1 to 9");
            return 2;
        }

        using var signals = new StopSignals();
        var root = data ?? Directory.CreateTempSubdirectory("actorbroker-dev-").FullName;
        var nodes = Plan(count, root, port, settings);
        var isClean = true;
        try
        {
            foreach (var node in nodes) node.Start();
            await AnnounceAsync(nodes, signals.Requested).ConfigureAwait(false);
            await Task.WhenAny(signals.Requested, Task.WhenAll(nodes.Select(node => node.Ended))).ConfigureAwait(false);
        }
        finally
        {
            foreach (var node in nodes) node.RequestStop();
            foreach (var node in nodes) isClean &= await node.StopAsync().ConfigureAwait(false);
            if (data is null) Directory.Delete(root, recursive: true);
        }

        return isClean ? 0 : 1;
    }

    private static async Task AnnounceAsync(IReadOnlyList<DevNode> nodes, Task stopped)
    {
        var ready = Task.WhenAll(nodes.Select(node => node.Ready));
        var first = await Task.WhenAny(ready, stopped, Task.WhenAny(nodes.Select(node => node.Ended)), Task.Delay(s_readyLimit)).ConfigureAwait(false);
        if (first != ready)
        {
            if (!stopped.IsCompleted) Console.Error.WriteLine("actorbroker: not all nodes are ready; their lines above say why. Ctrl-C ends the others.");
            return;
        }

        var bootstrap = string.Join(',', nodes.Select(node => node.Client));
        Console.Out.WriteLine($"ActorBroker is ready with {nodes.Count} nodes on {bootstrap}");
        Console.Out.WriteLine($"  try: echo hello | kcat -b {bootstrap} -P -t greetings && kcat -b {bootstrap} -C -t greetings -o beginning -e");
        var processes = string.Join(", ", nodes.Select(node => $"{node.Id} is process {node.ProcessId}"));
        Console.Out.WriteLine($"  nodes: {processes}; data in {nodes[0].Root}; Ctrl-C stops all");
        Console.Out.Flush();
    }

    private static List<DevNode> Plan(int count, string root, int port, string[] settings)
    {
        // All probes stay open until every port is chosen, so that none is chosen twice.
        var probes = new List<Socket>();
        try
        {
            var clients = Enumerable.Range(0, count).Select(i => $"127.0.0.1:{(port > 0 ? port + i : FreePort(probes))}").ToArray();
            var lanes = Enumerable.Range(0, count).Select(_ => $"127.0.0.1:{FreePort(probes)}").ToArray();
            var bulk = Enumerable.Range(0, count).Select(_ => $"127.0.0.1:{FreePort(probes)}").ToArray();
            // Three voters, or one: two would be worse than one.
            var seeds = string.Join(',', lanes.Take(count < 3 ? 1 : 3));
            return [.. Enumerable.Range(0, count).Select(i => new DevNode(i + 1, root, clients[i],
            [
                "--data", Path.Combine(root, $"node{i + 1}"), "--node-id", $"{i + 1}", "--listen", clients[i], "--cluster-listen", lanes[i],
                "--bulk-listen", bulk[i], "--seed", seeds, "--set", "actorbroker.http.listen=", .. settings.SelectMany(pair => new[] { "--set", pair }),
            ]))];
        }
        finally
        {
            foreach (var probe in probes) probe.Dispose();
        }
    }

    private static int FreePort(List<Socket> probes)
    {
        var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probes.Add(probe);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
