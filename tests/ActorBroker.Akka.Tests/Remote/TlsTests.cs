using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Remote;

namespace ActorBroker.Akka.Tests.Remote;

public sealed class TlsTests : RemoteTest, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remote-tls").FullName;
    private readonly X509Certificate2 _authority = NewAuthority("CN=cluster authority");

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Nodes_with_certificates_of_the_same_authority_talk_and_large_messages_pass()
    {
        var (a, b) = (Node("a", _authority), Node("b", _authority));
        Assert.Equal("akka.ssl.tcp", AddressOf(a).Protocol);
        var echo = Seen(a, Echo(b), b);
        Assert.Equal(1, await echo.Ask<int>(1, Patience));
        var bytes = RandomNumberGenerator.GetBytes(120_000);
        Assert.Equal(bytes, await echo.Ask<byte[]>(bytes, Patience));
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_another_authority_is_not_let_in_and_does_not_let_in()
    {
        using var other = NewAuthority("CN=somebody else");
        var (good, bad) = (Node("good", _authority), Node("bad", other));
        await ExpectError(good, bad);
        await ExpectError(bad, good);
    }

    [Fact]
    public async Task A_node_that_trusts_everybody_is_not_let_in_by_one_that_does_not()
    {
        using var other = NewAuthority("CN=somebody else");
        var strict = Node("strict", _authority);
        var careless = Node("careless", other, "akka.remote.dot-netty.tcp.ssl.suppress-validation = on");
        await ExpectError(careless, strict);
    }

    [Fact]
    public async Task Without_mutual_authentication_only_the_server_is_checked()
    {
        using var other = NewAuthority("CN=somebody else");
        var strict = Node("strict", _authority, "actorbroker.akka.remote.ssl.require-mutual-authentication = off");
        var client = NewSystem("client", Settings(other, "client") + $"\nactorbroker.akka.remote.ssl.trusted-certificates = \"{Pem(_authority)}\"");
        var probe = new Actor.Support.Probe(strict);
        Seen(client, probe.Ref, strict).Tell("hello", ActorRefs.NoSender);
        await probe.Expect("hello");
    }

    [Fact]
    public async Task A_plain_node_is_not_let_in()
    {
        var (secure, plain) = (Node("secure", _authority), NewSystem("plain"));
        var errors = Listen<AssociationErrorEvent>(plain);
        plain.ActorSelection($"{AddressOf(secure).WithProtocol("akka.tcp")}/user/x").Tell("x", ActorRefs.NoSender);
        await errors.Expect<AssociationErrorEvent>();
    }

    [Fact]
    public void A_missing_certificate_is_an_error_that_names_the_key()
    {
        var failure = Assert.ThrowsAny<Exception>(() => NewSystem("a", "akka.remote.dot-netty.tcp.enable-ssl = on"));
        Assert.Contains("certificate.path", failure.ToString(), StringComparison.Ordinal);
    }

    private static async Task ExpectError(ActorSystem from, ActorSystem to)
    {
        var errors = Listen<AssociationErrorEvent>(from);
        Seen(from, Echo(to), to).Tell("x", ActorRefs.NoSender);
        await errors.Expect<AssociationErrorEvent>();
        Assert.False(Association(from, to).IsConnected);
    }

    private static X509Certificate2 NewAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    private ActorSystem Node(string name, X509Certificate2 authority, string config = "") => NewSystem(name, $"""
        {Settings(authority, name)}
        actorbroker.akka.remote.ssl.require-mutual-authentication = on
        {config}
        """);

    private string Settings(X509Certificate2 authority, string name) => $$"""
        akka.remote.dot-netty.tcp {
          enable-ssl = on
          ssl.certificate { path = "{{Certificate(authority, name)}}", password = "word" }
        }
        actorbroker.akka.remote.ssl.trusted-certificates = "{{Pem(authority)}}"
        """;

    private string Certificate(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var hosts = new SubjectAlternativeNameBuilder();
        hosts.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(hosts.Build());
        using var signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(7), RandomNumberGenerator.GetBytes(8));
        using var complete = signed.CopyWithPrivateKey(key);
        var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.p12");
        File.WriteAllBytes(path, complete.Export(X509ContentType.Pkcs12, "word"));
        return path;
    }

    private string Pem(X509Certificate2 authority)
    {
        var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.pem");
        File.WriteAllText(path, authority.ExportCertificatePem());
        return path;
    }
}
