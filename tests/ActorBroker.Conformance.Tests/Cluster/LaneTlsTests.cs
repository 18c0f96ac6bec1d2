using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>Nodes that talk to each other over TLS, and what happens to those that do not belong there.</summary>
public sealed class LaneTlsTests : IDisposable
{
    private const int Records = 500;

    private readonly string _directory = Checkout.NewScratch("lane-tls");
    private readonly LaneAuthority _ours;
    private readonly LaneAuthority _other;

    public LaneTlsTests()
    {
        _ours = new LaneAuthority(_directory, "cluster-authority");
        _other = new LaneAuthority(_directory, "somebody-else");
    }

    public void Dispose()
    {
        _ours.Dispose();
        _other.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [SkippableFact]
    public async Task Three_nodes_replicate_over_tls_and_those_that_do_not_belong_stay_outside()
    {
        Skip.If(BrokerKind.IsKafka, "TLS between this checkout's nodes");
        await using var cluster = await TestCluster.Make(
            3, isolated: false, "default.replication.factor=3", "min.insync.replicas=3", "offsets.topic.replication.factor=3");
        var bulk = new Dictionary<int, int>();
        foreach (var node in cluster.Nodes)
        {
            bulk[node.Id] = BrokerProcess.FreePort();
            node.Options.AddRange(["--config", _ours.Config(node.Id), "--bulk-listen", $"{node.Host}:{bulk[node.Id]}"]);
            node.Launch();
        }

        await cluster.Complete();
        await Ours("topic", "create", "secret", "--partitions", "3", "--replication-factor", "3", "--bootstrap", cluster.Bootstrap);
        await ProduceAndReadBack(cluster, Records);
        await cluster.InSync(TestCluster.Patience, "secret");
        var port = int.Parse(cluster[2].ClusterAddress.Split(':')[1], CultureInfo.InvariantCulture);
        Assert.Equal("CN=node2", await Subject(cluster[2].Host, port));
        Assert.Equal("CN=node2", await Subject(cluster[2].Host, bulk[2]));

        // One that trusts the cluster and is not trusted, one without TLS, one that neither trusts nor is trusted.
        var foreign = cluster.Add(4);
        foreign.Options.AddRange(["--config", _ours.Config(4, certificate: _other.NewCertificate(4))]);
        var plain = cluster.Add(5);
        var stranger = cluster.Add(6);
        stranger.Options.AddRange(["--config", _other.Config(6)]);
        foreach (var node in new[] { foreign, plain, stranger }) node.Launch();
        await Says(cluster, cluster.Nodes.Take(3), "is refused: its certificate [CN=node4] of [CN=somebody-else] is not trusted");
        await Says(cluster, [foreign], "perhaps it does not trust this node's certificate");
        await Says(cluster, [stranger], "of [CN=cluster-authority] is not trusted");
        await Says(cluster, cluster.Nodes.Take(3), "no TLS with it, or a TLS that this node does not take");
        await Says(cluster, [plain], "perhaps it speaks TLS and this node does not");
        await ProduceAndReadBack(cluster, 2 * Records);
        Assert.Equal([1, 2, 3], cluster.View("secret")!.Brokers.Order());
        Assert.All(cluster.View("secret")!.Partitions, partition => Assert.Equal(3, partition.Isr.Length));
    }

    [SkippableFact]
    public async Task A_node_whose_certificate_cannot_be_opened_does_not_start_and_names_the_key()
    {
        Skip.If(BrokerKind.IsKafka, "TLS between this checkout's nodes");
        await using var cluster = await TestCluster.Make(2, isolated: false);
        cluster[1].Options.AddRange(["--config", _ours.Config(1, password: "another word")]);
        cluster[2].Options.AddRange(["--config", _ours.Config(2, certificate: Path.Combine(_directory, "nothing.p12"))]);
        foreach (var node in cluster.Nodes)
        {
            node.Launch();
            Assert.Equal(2, await node.Ended());
        }

        await Says(cluster, [cluster[1]], "akka.remote.dot-netty.tcp.ssl.certificate.password is not the password of");
        await Says(cluster, [cluster[2]], "akka.remote.dot-netty.tcp.ssl.certificate.path: there is no file");
    }

    private static Task<string> Ours(params string[] arguments) => Client.Run("dotnet", [BrokerKind.OursDll, .. arguments]);

    /// <summary>Writes more with acks=all, so that every replica takes part, and reads as many as there must be then.</summary>
    private static async Task ProduceAndReadBack(TestCluster cluster, int total)
    {
        var bootstrap = string.Join(',', cluster.Nodes.Take(3).Select(node => node.Bootstrap));
        var lines = string.Concat(Enumerable.Range(0, Records).Select(number => $"record {number}\n"));
        await Client.Run("dotnet", [BrokerKind.OursDll, "produce", "secret", "--bootstrap", bootstrap], lines);
        var read = await Ours("consume", "secret", "--offset", "start", "--exit-at-end", "--bootstrap", bootstrap);
        Assert.Equal(total, read.Split('\n').Count(line => line.Contains("record ", StringComparison.Ordinal)));
    }

    private static Task Says(TestCluster cluster, IEnumerable<ClusterNode> nodes, string words) => Deadline.Until(
        () => nodes.Any(node => node.Log.Any(line => line.Contains(words, StringComparison.Ordinal))), TestCluster.Patience, $"a log says '{words}'",
        cluster.Report);

    /// <summary>Whose certificate is presented at the port.</summary>
    private async Task<string> Subject(string host, int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_ours.Certificate);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy });
        return stream.RemoteCertificate!.Subject;
    }
}
