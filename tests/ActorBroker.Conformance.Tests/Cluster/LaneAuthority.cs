using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>An authority that signs nodes' certificates, with the HOCON files of nodes that use them.</summary>
internal sealed class LaneAuthority(string directory, string name) : IDisposable
{
    public const string Password = "node-word";

    private readonly X509Certificate2 _authority = NewAuthority(name);

    public X509Certificate2 Certificate => _authority;

    public void Dispose() => _authority.Dispose();

    /// <summary>A node's HOCON file: TLS with both sides authenticated, for certificates of this authority.</summary>
    public string Config(int node, string password = Password, string? certificate = null)
    {
        var authorities = Path.Combine(directory, $"{name}.pem");
        File.WriteAllText(authorities, _authority.ExportCertificatePem());
        var file = Path.Combine(directory, $"{name}-{node}.conf");
        File.WriteAllText(file, $$"""
            akka.remote.dot-netty.tcp {
              enable-ssl = on
              ssl.certificate { path = "{{certificate ?? NewCertificate(node)}}", password = "{{password}}" }
            }
            actorbroker.akka.remote.ssl { require-mutual-authentication = on, trusted-certificates = "{{authorities}}" }
            """);
        return file;
    }

    /// <summary>A PKCS#12 file for a node on loopback.</summary>
    public string NewCertificate(int node)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=node{node}", key, HashAlgorithmName.SHA256);
        var hosts = new SubjectAlternativeNameBuilder();
        hosts.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(hosts.Build());
        using var signed = request.Create(
            _authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(60), RandomNumberGenerator.GetBytes(8));
        using var complete = signed.CopyWithPrivateKey(key);
        var path = Path.Combine(directory, $"{name}-{node}-{Guid.NewGuid():N}.p12");
        File.WriteAllBytes(path, complete.Export(X509ContentType.Pkcs12, Password));
        return path;
    }

    private static X509Certificate2 NewAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
    }
}
