using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace Akka.Remote;

/// <summary>
/// TLS between nodes. A node always presents its certificate, as server and as client; whether clients must is a key of this
/// engine, and so are authorities other than the machine's.
/// </summary>
internal sealed class TlsSettings
{
    private readonly bool _suppressValidation;
    private readonly bool _validateHostname;
    private readonly X509Certificate2Collection? _authorities;

    public TlsSettings(Config ssl, Config tuning)
    {
        var path = ssl.GetString("certificate.path", "");
        if (path.Length == 0)
            throw new ConfigurationException("akka.remote.dot-netty.tcp.ssl.certificate.path must name this node's PKCS#12 file");
        Certificate = X509CertificateLoader.LoadPkcs12FromFile(path, ssl.GetString("certificate.password", ""));
        _suppressValidation = ssl.GetBoolean("suppress-validation");
        RequireClientCertificate = tuning.GetBoolean("require-mutual-authentication");
        _validateHostname = tuning.GetBoolean("validate-certificate-hostname", true);
        if (tuning.GetString("trusted-certificates", "") is { Length: > 0 } authorities)
        {
            _authorities = [];
            _authorities.ImportFromPemFile(authorities);
            if (_authorities.Count == 0)
                throw new ConfigurationException($"actorbroker.akka.remote.ssl.trusted-certificates: {authorities} holds no certificate");
        }
    }

    public X509Certificate2 Certificate { get; }

    public bool RequireClientCertificate { get; }

    public SslServerAuthenticationOptions ServerOptions() => new()
    {
        ServerCertificate = Certificate,
        ClientCertificateRequired = RequireClientCertificate,
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is null
            ? !RequireClientCertificate
            : Accepts(errors & ~SslPolicyErrors.RemoteCertificateNameMismatch),
    };

    public SslClientAuthenticationOptions ClientOptions(string host) => new()
    {
        TargetHost = host,
        ClientCertificates = [Certificate],
        LocalCertificateSelectionCallback = (_, _, _, _, _) => Certificate,
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is not null
            && Accepts(_validateHostname ? errors : errors & ~SslPolicyErrors.RemoteCertificateNameMismatch),
    };

    private bool Accepts(SslPolicyErrors errors) => _suppressValidation || errors == SslPolicyErrors.None;

    private X509ChainPolicy? Policy()
    {
        if (_authorities is null)
            return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }
}
