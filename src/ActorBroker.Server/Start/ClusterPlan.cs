using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Core.Configuration;
using Akka.Configuration;

namespace ActorBroker.Server.Start;

/// <summary>
/// Where this node meets the others: the addresses of its control lane and its bulk lane, and the seeds of a new cluster. Made from the
/// command line's settings or, where those are silent, from Akka's own keys (<c>akka.remote.dot-netty.tcp.*</c>,
/// <c>akka.cluster.seed-nodes</c>). Null for a node that stands alone.
/// </summary>
internal sealed record ClusterPlan(string Host, int Port, string AdvertisedHost, string BulkHost, int BulkPort, IReadOnlyList<NodeAddress> Seeds)
{
    /// <summary>The name of every node's control-lane actor system; Akka.Cluster demands one for all.</summary>
    public const string SystemName = "actorbroker";

    private const int PortsToTry = 64;

    public NodeAddress Self => new(AdvertisedHost, Port);

    /// <summary>Throws <see cref="StartException"/> for an address that cannot be one.</summary>
    public static ClusterPlan? From(BrokerConfig config, Config akka)
    {
        var seeds = SeedsFrom(config, akka);
        if (config.Text("actorbroker.cluster.listen") is not { Length: > 0 } listen)
        {
            var port = akka.GetInt("akka.remote.dot-netty.tcp.port", -1);
            var host = akka.GetString("akka.remote.dot-netty.tcp.hostname", "");
            if (port < 0 || host.Length == 0)
            {
                if (seeds.Count == 0) return null;
                throw new StartException("Seeds are set, but not where this node listens for the others: add --cluster-listen HOST:PORT.");
            }

            listen = $"{host}:{port}";
        }

        var self = NodeAddress.Parse(listen, "--cluster-listen");
        var advertised = config.Text("actorbroker.cluster.advertise") is { Length: > 0 } told
            ? told
            : akka.GetString("akka.remote.dot-netty.tcp.public-hostname", "") is { Length: > 0 } known ? known : self.Host;
        if (IPAddress.TryParse(advertised, out var any) && (any.Equals(IPAddress.Any) || any.Equals(IPAddress.IPv6Any)))
        {
            throw new StartException(
                $"--cluster-listen {listen} binds all addresses, so the other nodes have to be told one that they can reach: " +
                "--set actorbroker.cluster.advertise=HOST.");
        }

        var port0 = self.Port != 0 ? self.Port : FreePort(self.Host, 0, []);
        var bulk = config.Text("actorbroker.cluster.bulk.listen") is { Length: > 0 } text
            ? NodeAddress.Parse(text, "--bulk-listen")
            : new NodeAddress(self.Host, FreePort(self.Host, port0 + 1, [.. seeds.Select(seed => seed.Port)]));
        return new ClusterPlan(self.Host, port0, advertised, bulk.Host, bulk.Port, seeds.Count > 0 ? seeds : [new NodeAddress(advertised, port0)]);
    }

    private static IReadOnlyList<NodeAddress> SeedsFrom(BrokerConfig config, Config akka)
    {
        var seeds = config.List("actorbroker.cluster.seeds").Select(seed => NodeAddress.Parse(seed, "--seed")).ToList();
        if (seeds.Count > 0 || !akka.HasPath("akka.cluster.seed-nodes")) return seeds;
        return [.. akka.GetStringList("akka.cluster.seed-nodes", []).Select(text => FromAkka(text, LaneTls.Protocol(akka)))];
    }

    private static NodeAddress FromAkka(string text, string protocol)
    {
        if (!Akka.Actor.Address.TryParse(text, out var address) || address?.Host is null || address.Port is not { } port || address.System != SystemName
            || address.Protocol != protocol)
        {
            throw new StartException($"akka.cluster.seed-nodes: '{text}' is not of the form {protocol}://{SystemName}@HOST:PORT.");
        }

        return new NodeAddress(address.Host, port);
    }

    /// <summary>The first port from <paramref name="first"/> on that nobody listens at or is going to; 0 lets the system choose.</summary>
    private static int FreePort(string host, int first, IReadOnlyList<int> taken)
    {
        var address = IPAddress.TryParse(host, out var parsed) ? parsed : Dns.GetHostAddresses(host)[0];
        for (var port = first; first == 0 || (port < first + PortsToTry && port <= IPEndPoint.MaxPort); port++)
        {
            if (taken.Contains(port)) continue;
            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(address, first == 0 ? 0 : port));
                return ((IPEndPoint)probe.LocalEndPoint!).Port;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && first != 0)
            {
            }
            catch (SocketException error)
            {
                throw new StartException($"No port of {host} can be opened for the other nodes: {error.Message}", error);
            }
        }

        throw new StartException($"No port from {first} to {first + PortsToTry - 1} is free on {host} for replicated data: set --bulk-listen HOST:PORT.");
    }
}

/// <summary>A host and port of a node's lane.</summary>
internal readonly record struct NodeAddress(string Host, int Port)
{
    public static NodeAddress Parse(string text, string option)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
            throw new StartException($"{option}: '{text}' is not of the form HOST:PORT.");
        return new NodeAddress(text[..colon].Trim('[', ']'), port);
    }

    public override string ToString() => $"{Host}:{Port}";
}
