using System.Net;
using System.Net.Sockets;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Server.Cli.Client;
using ActorBroker.Server.Cli.Text;

namespace ActorBroker.Server.Cli.Doctor;

/// <summary>Can a client on this machine reach what it is told to reach: bootstrap addresses, then every advertised one.</summary>
internal static class ListenerChecks
{
    private static readonly ApiKey[] Needed =
    [
        ApiKey.Produce, ApiKey.Fetch, ApiKey.ListOffsets, ApiKey.Metadata, ApiKey.OffsetCommit, ApiKey.OffsetFetch, ApiKey.FindCoordinator,
        ApiKey.JoinGroup, ApiKey.Heartbeat, ApiKey.LeaveGroup, ApiKey.SyncGroup, ApiKey.ApiVersions,
    ];

    public static async Task<List<Finding>> BootstrapAsync(KafkaClient client, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        foreach (var address in client.Settings.Bootstrap)
        {
            findings.Add(await NameAsync("bootstrap", address, cancel).ConfigureAwait(false));
            if (findings[^1].Level != FindingLevel.Failure) findings.AddRange(await ReachAsync("bootstrap", client, address, cancel).ConfigureAwait(false));
        }

        return findings;
    }

    public static async Task<List<Finding>> AdvertisedAsync(KafkaClient client, ClusterSnapshot cluster, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        foreach (var broker in cluster.Brokers.Values.OrderBy(b => b.Id))
        {
            var check = $"broker {broker.Id}";
            if (Mistake(client.Settings.Bootstrap, broker.Address) is { } mistake) findings.Add(mistake with { Check = check });
            var name = await NameAsync(check, broker.Address, cancel).ConfigureAwait(false);
            findings.Add(name);
            if (name.Level == FindingLevel.Failure) continue;
            findings.AddRange(await ReachAsync(check, client, broker.Address, cancel).ConfigureAwait(false));
            if (findings[^1].Level == FindingLevel.Failure) continue;
            findings.Add(await SameClusterAsync(check, client, broker, cluster, cancel).ConfigureAwait(false));
        }

        return findings;
    }

    /// <summary>Advertised addresses that can work from the broker's own machine only.</summary>
    internal static Finding? Mistake(IReadOnlyList<BrokerAddress> bootstrap, BrokerAddress advertised)
    {
        if (advertised.Host is "0.0.0.0" or "::" or "[::]")
        {
            return new Finding(FindingLevel.Failure, "", $"{advertised} is advertised, which no client can connect to",
                "set --advertise (advertised.listeners) to a name or address that clients can reach");
        }

        var local = IsLocal(advertised.Host);
        return local && bootstrap.All(b => !IsLocal(b.Host))
            ? new Finding(FindingLevel.Failure, "", $"{advertised} is advertised, though this client came by {bootstrap[0]}: it would now talk to itself",
                "set --advertise (advertised.listeners) to the address that this client used")
            : null;
    }

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static async Task<Finding> NameAsync(string check, BrokerAddress address, CancellationToken cancel)
    {
        if (IPAddress.TryParse(address.Host, out _)) return new Finding(FindingLevel.Ok, check, $"{address} is an address, no name to look up");
        try
        {
            var found = await Dns.GetHostAddressesAsync(address.Host, cancel).ConfigureAwait(false);
            return new Finding(FindingLevel.Ok, check, $"{address.Host} is {string.Join(", ", found.Take(4).Select(a => a.ToString()))}");
        }
        catch (SocketException error)
        {
            return new Finding(FindingLevel.Failure, check, $"the name {address.Host} is unknown here ({error.SocketErrorCode})",
                "clients need a name that they can look up: check DNS, /etc/hosts and the broker's advertised.listeners");
        }
    }

    private static async Task<List<Finding>> ReachAsync(string check, KafkaClient client, BrokerAddress address, CancellationToken cancel)
    {
        try
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            await using var connection = await BrokerConnection.OpenAsync(address, client.Settings, cancel).ConfigureAwait(false);
            var took = System.Diagnostics.Stopwatch.GetElapsedTime(started);
            var findings = new List<Finding>
            {
                new(FindingLevel.Ok, check, $"{address} answers in {TimeText.ShowDuration(took)} and offers {connection.Versions.Offered.Count} APIs"),
            };
            var missing = Needed.Where(key => !connection.Versions.Offers(key)).ToArray();
            if (missing.Length > 0)
            {
                findings.Add(new Finding(FindingLevel.Failure, check, $"{address} lacks {string.Join(", ", missing)}",
                    "a controller-only listener looks like this; clients need a broker's client listener"));
            }

            return findings;
        }
        catch (ClientException error)
        {
            return [new Finding(FindingLevel.Failure, check, error.Message, error.Advice)];
        }
    }

    private static async Task<Finding> SameClusterAsync(
        string check, KafkaClient client, BrokerNode broker, ClusterSnapshot cluster, CancellationToken cancel)
    {
        try
        {
            var connection = await client.ConnectAsync(broker.Address, "", cancel).ConfigureAwait(false);
            var version = connection.VersionOf(ApiKey.Metadata);
            var answer = await connection.CallAsync<MetadataResponse>(
                ApiKey.Metadata, version, new MetadataRequest { Topics = [] }, cancel).ConfigureAwait(false);
            if (answer.ClusterId != cluster.ClusterId)
            {
                return new Finding(FindingLevel.Failure, check, $"{broker.Address} belongs to cluster {answer.ClusterId}, not to {cluster.ClusterId}",
                    "two clusters share an address, or a port is forwarded to the wrong one");
            }

            return new Finding(FindingLevel.Ok, check, $"{broker.Address} belongs to the same cluster and knows {answer.Brokers.Count} brokers");
        }
        catch (ClientException error)
        {
            return new Finding(FindingLevel.Failure, check, error.Message, error.Advice);
        }
    }
}
