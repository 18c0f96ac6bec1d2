using System.Diagnostics;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>
/// Where the nodes of a test cluster live. As root with iproute2 and nftables each node gets a network namespace of its own behind one
/// bridge, so that links can be cut, in one direction too; elsewhere all live on 127.0.0.1 and cannot be cut.
/// </summary>
internal sealed class ClusterNetwork : IAsyncDisposable
{
    private static int s_networks;

    private readonly string _name;
    private readonly string _prefix;
    private readonly int _nodes;

    private ClusterNetwork(int nodes, bool isolated)
    {
        var number = Interlocked.Increment(ref s_networks);
        _name = $"ab{Environment.ProcessId % 10_000}{(char)('a' + (number % 26))}";
        _prefix = $"10.{200 + (Environment.ProcessId % 50)}.{number % 250}";
        _nodes = nodes;
        IsIsolated = isolated;
    }

    /// <summary>True when links can be cut.</summary>
    public bool IsIsolated { get; }

    /// <summary>Root with both tools; and allowed to, for a container's root may have neither namespaces nor nftables.</summary>
    public static bool CanIsolate => s_canIsolate.Value;

    private static readonly Lazy<bool> s_canIsolate = new(() =>
        Environment.UserName == "root" && Outside.Find("ip") is not null && Outside.Find("nft") is not null && TryOne());

    /// <summary>Makes the namespaces of nodes 1 to <paramref name="nodes"/>, or plain loopback when <paramref name="isolated"/> is
    /// false.</summary>
    public static async Task<ClusterNetwork> Create(int nodes, bool isolated)
    {
        var network = new ClusterNetwork(nodes, isolated);
        if (!isolated) return network;
        await Ip("link", "add", network._name, "type", "bridge");
        await Ip("addr", "add", $"{network._prefix}.254/24", "dev", network._name);
        await Ip("link", "set", network._name, "up");
        for (var node = 1; node <= nodes; node++)
        {
            var space = network.Space(node);
            await Ip("netns", "add", space);
            await Ip("link", "add", $"{space}h", "type", "veth", "peer", "name", "eth0", "netns", space);
            await Ip("link", "set", $"{space}h", "master", network._name);
            await Ip("link", "set", $"{space}h", "up");
            await network.In(node, "ip", "addr", "add", $"{network.Host(node)}/24", "dev", "eth0");
            await network.In(node, "ip", "link", "set", "lo", "up");
            await network.In(node, "ip", "link", "set", "eth0", "up");
            await network.In(node, "nft", "add table inet cut; add chain inet cut in { type filter hook input priority 0; }");
        }

        return network;
    }

    public string Host(int node) => IsIsolated ? $"{_prefix}.{node}" : "127.0.0.1";

    /// <summary>The command line that runs a program where the node lives.</summary>
    public (string Program, string[] Arguments) Wrap(int node, string program, params string[] arguments) =>
        IsIsolated ? ("ip", ["netns", "exec", Space(node), program, .. arguments]) : (program, arguments);

    /// <summary>From now on nothing from <paramref name="from"/> reaches <paramref name="to"/>; the other direction stays.</summary>
    public Task Cut(int from, int to) => In(to, "nft", $"add rule inet cut in ip saddr {Host(from)} drop");

    /// <summary>Cuts both directions.</summary>
    public async Task CutBoth(int a, int b)
    {
        await Cut(a, b);
        await Cut(b, a);
    }

    /// <summary>All links are whole again.</summary>
    public async Task Heal()
    {
        if (!IsIsolated) return;
        for (var node = 1; node <= _nodes; node++) await In(node, "nft", "flush chain inet cut in");
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsIsolated) return;
        for (var node = 1; node <= _nodes; node++) await Ip("netns", "del", Space(node));
        await Ip("link", "del", _name);
    }

    private string Space(int node) => $"{_name}{node}";

    private Task In(int node, string program, params string[] arguments)
    {
        var (wrapped, all) = Wrap(node, program, arguments);
        return Run(wrapped, all);
    }

    private static bool TryOne()
    {
        var name = $"ab{Environment.ProcessId % 10_000}t";
        try
        {
            Ip("netns", "add", name).Wait();
            try
            {
                Ip("link", "add", name, "type", "bridge").Wait();
                Ip("link", "del", name).Wait();
                Ip("netns", "exec", name, "nft", "add table inet cut").Wait();
            }
            finally
            {
                Ip("netns", "del", name).Wait();
            }

            return true;
        }
        catch (AggregateException)
        {
            return false;
        }
    }

    private static Task Ip(params string[] arguments) => Run("ip", arguments);

    private static async Task Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors}");
    }
}
