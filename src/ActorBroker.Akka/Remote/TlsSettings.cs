using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace Akka.Remote;

/// <summary>
/// TLS between nodes. A node always presents its certificate, as server and as client, with whatever else of its chain the file holds;
/// whether clients must is a key of this engine, and so are authorities other than the machine's.
/// </summary>
internal sealed class TlsSettings
{
    private readonly X509Certificate2Collection? _authorities;

    public TlsSettings(Config ssl, Config tuning)
    {
        var path = ssl.GetString("certificate.path", "");
        if (path.Length == 0)
            throw new ConfigurationException("akka.remote.dot-netty.tcp.ssl.certificate.path must name this node's PKCS#12 file");
        Certificate = Read(path, ssl.GetString("certificate.password", ""));
        SuppressValidation = ssl.GetBoolean("suppress-validation");
        RequireClientCertificate = tuning.GetBoolean("require-mutual-authentication");
        ValidateHostname = tuning.GetBoolean("validate-certificate-hostname", true);
        if (tuning.GetString("trusted-certificates", "") is { Length: > 0 } authorities)
        {
            _authorities = [];
            _authorities.ImportFromPemFile(authorities);
            if (_authorities.Count == 0)
                throw new ConfigurationException($"actorbroker.akka.remote.ssl.trusted-certificates: {authorities} holds no certificate");
        }
    }

    public SslStreamCertificateContext Certificate { get; }

    public bool SuppressValidation { get; }

    public bool RequireClientCertificate { get; }

    public bool ValidateHostname { get; }

    /// <summary>Whom to trust; null leaves it to the machine.</summary>
    public X509ChainPolicy? NewPolicy()
    {
        if (_authorities is null)
            return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private static SslStreamCertificateContext Read(string path, string password)
    {
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"akka.remote.dot-netty.tcp.ssl.certificate: {path} cannot be opened with the password: {e.Message}", e);
        }
        var own = all.FirstOrDefault(static certificate => certificate.HasPrivateKey)
            ?? throw new ConfigurationException($"akka.remote.dot-netty.tcp.ssl.certificate.path: {path} holds no certificate with its private key");
        all.Remove(own);
        return SslStreamCertificateContext.Create(own, all, offline: true);
    }
}
