using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Akka.Remote.Transport;

/// <summary>One connection's way to TLS. When it fails it says what is wrong with the other side, for the one who reads the log.</summary>
internal sealed class TlsHandshake(TlsSettings tls, Socket socket)
{
    private string? _objection;

    /// <exception cref="AuthenticationException">The other side is not let in; the message says why.</exception>
    public Task<SslStream> AsServer(CancellationToken cancellation) => Run(
        stream => stream.AuthenticateAsServerAsync(ServerOptions(), cancellation));

    /// <exception cref="AuthenticationException">The other side is not who it should be; the message says why.</exception>
    public Task<SslStream> AsClient(string host, CancellationToken cancellation) => Run(
        stream => stream.AuthenticateAsClientAsync(ClientOptions(host), cancellation));

    private async Task<SslStream> Run(Func<SslStream, Task> authenticate)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await authenticate(stream).ConfigureAwait(false);
            return stream;
        }
        catch (AuthenticationException e)
        {
            throw new AuthenticationException(_objection ?? $"no TLS with it, or a TLS that this node does not take: {(e.InnerException ?? e).Message}", e);
        }
    }

    private SslServerAuthenticationOptions ServerOptions() => new()
    {
        ServerCertificateContext = tls.Certificate,
        ClientCertificateRequired = tls.RequireClientCertificate,
        CertificateChainPolicy = tls.NewPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => certificate is null
            ? !tls.RequireClientCertificate || Object("it presents no certificate")
            : Accepts(certificate, chain, errors & ~SslPolicyErrors.RemoteCertificateNameMismatch, ""),
    };

    private SslClientAuthenticationOptions ClientOptions(string host) => new()
    {
        TargetHost = host,
        ClientCertificateContext = tls.Certificate,
        CertificateChainPolicy = tls.NewPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => certificate is null
            ? Object("it presents no certificate")
            : Accepts(certificate, chain, tls.ValidateHostname ? errors : errors & ~SslPolicyErrors.RemoteCertificateNameMismatch, host),
    };

    private bool Accepts(X509Certificate certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (tls.SuppressValidation || errors == SslPolicyErrors.None)
            return true;
        var name = $"its certificate [{certificate.Subject}] of [{certificate.Issuer}]";
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? Object($"{name} is not trusted: {string.Join(", ", chain?.ChainStatus.Select(static s => s.Status).Distinct() ?? [])}")
            : Object($"{name} is not for the host {host}");
    }

    private bool Object(string why)
    {
        _objection = why;
        return false;
    }
}
