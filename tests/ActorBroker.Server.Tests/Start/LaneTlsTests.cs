using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Core.Configuration;
using ActorBroker.Server.Start;
using Akka.Configuration;

namespace ActorBroker.Server.Tests.Start;

public sealed class LaneTlsTests : IDisposable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;
    private readonly string _directory = Directory.CreateTempSubdirectory("lane-tls").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_good_certificate_with_mutual_authentication_raises_no_question()
    {
        var config = Tls(Certificate(60), $"actorbroker.akka.remote.ssl {{ require-mutual-authentication = on, trusted-certificates = \"{Pem()}\" }}");
        Assert.Empty(LaneTls.Check(config, s_now));
        Assert.Equal("akka.ssl.tcp", LaneTls.Protocol(config));
    }

    [Theory]
    [InlineData("", 60, "require-mutual-authentication is not on")]
    [InlineData("akka.remote.dot-netty.tcp.ssl.suppress-validation = on", 60, "any node is let in")]
    [InlineData("actorbroker.akka.remote.ssl.require-mutual-authentication = on", 3, "expires on")]
    public void What_an_operator_should_look_at_is_a_warning(string more, int days, string words) =>
        Assert.Contains(words, Assert.Single(LaneTls.Check(Tls(Certificate(days), more), s_now)), StringComparison.Ordinal);

    [Fact]
    public void Every_mistake_with_the_certificate_names_its_key()
    {
        var garbage = Path.Combine(_directory, "garbage.p12");
        File.WriteAllText(garbage, "not a certificate");
        Refused("ssl.certificate.path must name", Tls(""));
        Refused("ssl.certificate.path: there is no file", Tls(Path.Combine(_directory, "nothing.p12")));
        Refused("ssl.certificate.path: " + garbage + " is no PKCS#12 file", Tls(garbage));
        Refused("ssl.certificate.password is not the password of", Tls(Certificate(60), password: "other"));
        Refused("ssl.certificate.path: ", Tls(Certificate(-1)), "not now");
        Refused("ssl.certificate.path: ", Tls(Certificate(60, withKey: false)), "private key");
        Refused("ssl.trusted-certificates: there is no file", Tls(Certificate(60), $"actorbroker.akka.remote.ssl.trusted-certificates = \"{_directory}/no.pem\""));
        Refused("ssl.trusted-certificates: ", Tls(Certificate(60), $"actorbroker.akka.remote.ssl.trusted-certificates = \"{garbage}\""), "no certificate");
    }

    [Theory]
    [InlineData("actorbroker.akka.remote.ssl.require-mutual-authentication = on")]
    [InlineData("actorbroker.akka.remote.ssl.trusted-certificates = x")]
    [InlineData("akka.remote.dot-netty.tcp.ssl.certificate.path = x")]
    public void Protection_that_is_set_but_not_turned_on_is_refused_unless_it_was_turned_off_by_name(string asked)
    {
        Refused("enable-ssl = on", ConfigurationFactory.ParseString(asked), asked[..asked.IndexOf(' ')]);
        Assert.Empty(LaneTls.Check(ConfigurationFactory.ParseString($"{asked}\nakka.remote.dot-netty.tcp.enable-ssl = off"), s_now));
    }

    [Theory]
    [InlineData("akka.tcp", "on", "akka.ssl.tcp://actorbroker@HOST:PORT")]
    [InlineData("akka.ssl.tcp", "off", "akka.tcp://actorbroker@HOST:PORT")]
    public void Seeds_of_the_other_protocol_are_refused(string protocol, string tls, string right)
    {
        var config = ConfigurationFactory.ParseString($$"""
            akka.cluster.seed-nodes = ["{{protocol}}://actorbroker@127.0.0.1:1"]
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 1, enable-ssl = {{tls}} }
            """);
        var broker = BrokerConfig.Load(new Dictionary<string, string> { ["node.id"] = "1", ["log.dirs"] = "d", ["listeners"] = "PLAINTEXT://127.0.0.1:0" });
        Assert.Contains(right, Assert.Throws<StartException>(() => ClusterPlan.From(broker.Config, config)).Message, StringComparison.Ordinal);
    }

    private static void Refused(string words, Config config, string more = "")
    {
        var said = Assert.Throws<StartException>(() => LaneTls.Check(config, s_now)).Message;
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.Contains(more, said, StringComparison.Ordinal);
    }

    private static Config Tls(string path, string more = "", string password = "word") => ConfigurationFactory.ParseString($$"""
        akka.remote.dot-netty.tcp {
          enable-ssl = on
          ssl.certificate { path = "{{path}}", password = "{{password}}" }
        }
        {{more}}
        """);

    private string Certificate(int days, bool withKey = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(s_now.AddDays(Math.Min(-1, days - 1)), s_now.AddDays(days));
        using var bare = X509CertificateLoader.LoadCertificate(certificate.RawData);
        var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.p12");
        File.WriteAllBytes(path, (withKey ? certificate : bare).Export(X509ContentType.Pkcs12, "word"));
        return path;
    }

    private string Pem()
    {
        using var certificate = X509CertificateLoader.LoadPkcs12FromFile(Certificate(60), "word");
        var path = Path.Combine(_directory, "authority.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }
}
