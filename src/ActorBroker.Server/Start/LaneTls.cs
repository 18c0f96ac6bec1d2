using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace ActorBroker.Server.Start;

/// <summary>
/// TLS of both lanes, asked for by Akka's keys in the node's HOCON file. Akka itself finds out late what is wrong with them, or never; this
/// looks before anything is opened, and names the key.
/// </summary>
internal static class LaneTls
{
    private const string Tcp = "akka.remote.dot-netty.tcp";
    private const string Enable = $"{Tcp}.enable-ssl";
    private const string CertificatePath = $"{Tcp}.ssl.certificate.path";
    private const string CertificatePassword = $"{Tcp}.ssl.certificate.password";
    private const string SuppressValidation = $"{Tcp}.ssl.suppress-validation";
    private const string Mutual = "actorbroker.akka.remote.ssl.require-mutual-authentication";
    private const string Trusted = "actorbroker.akka.remote.ssl.trusted-certificates";
    private const int WrongPassword = unchecked((int)0x80070056);
    private static readonly TimeSpan s_expiresSoon = TimeSpan.FromDays(30);

    public static bool IsOn(Config akka) => akka.GetBoolean(Enable, false);

    /// <summary>The protocol of the lanes' addresses, as Akka has it.</summary>
    public static string Protocol(Config akka) => IsOn(akka) ? "akka.ssl.tcp" : "akka.tcp";

    /// <summary>What an operator should look at though the node may start. Throws <see cref="StartException"/> when it may not.</summary>
    /// <param name="akka">Akka's keys as the operator sets them, without the engine's defaults.</param>
    /// <param name="now">Wall clock.</param>
    public static IReadOnlyList<string> Check(Config akka, DateTimeOffset now)
    {
        if (!IsOn(akka))
        {
            if (akka.HasPath(Enable) || Asked(akka) is not { } asked) return [];
            throw new StartException($"{asked} is set, but not {Enable}: the lanes would not be protected. Set {Enable} = on, or off if that is meant.");
        }

        using var certificate = OpenCertificate(akka, now);
        CheckTrusted(akka);
        var warnings = new List<string>();
        if (certificate.NotAfter < now.LocalDateTime + s_expiresSoon)
            warnings.Add($"this node's certificate for the other nodes ({certificate.Subject}) expires on {certificate.NotAfter:u}: renew it in time");
        if (akka.GetBoolean(SuppressValidation, false))
            warnings.Add($"{SuppressValidation} is on: the lanes are encrypted, but any node is let in");
        else if (!akka.GetBoolean(Mutual, false))
            warnings.Add($"the lanes use TLS, but {Mutual} is not on: nodes that connect need not present a certificate");
        return warnings;
    }

    private static string? Asked(Config akka)
    {
        if (akka.GetBoolean(Mutual, false)) return Mutual;
        return new[] { Trusted, CertificatePath }.FirstOrDefault(key => akka.GetString(key, "").Length > 0);
    }

    private static X509Certificate2 OpenCertificate(Config akka, DateTimeOffset now)
    {
        var path = akka.GetString(CertificatePath, "");
        if (path.Length == 0) throw new StartException($"{Enable} is on, so {CertificatePath} must name this node's certificate and key, a PKCS#12 file.");
        if (!File.Exists(path)) throw new StartException($"{CertificatePath}: there is no file {Path.GetFullPath(path)}.");
        var all = Load(path, akka.GetString(CertificatePassword, ""));
        var certificate = all.FirstOrDefault(one => one.HasPrivateKey)
            ?? throw new StartException($"{CertificatePath}: {path} holds no certificate with its private key.");
        if (certificate.NotAfter < now.LocalDateTime || certificate.NotBefore > now.LocalDateTime)
        {
            throw new StartException(
                $"{CertificatePath}: {path} is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u}, not now; the other nodes would refuse it.");
        }

        return certificate;
    }

    private static X509Certificate2Collection Load(string path, string password)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        }
        catch (CryptographicException error) when (error.HResult == WrongPassword)
        {
            throw new StartException($"{CertificatePassword} is not the password of {path} ({CertificatePath}).", error);
        }
        catch (CryptographicException error)
        {
            throw new StartException($"{CertificatePath}: {path} is no PKCS#12 file: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{CertificatePath}: {path} cannot be read: {error.Message}", error);
        }
    }

    private static void CheckTrusted(Config akka)
    {
        if (akka.GetString(Trusted, "") is not { Length: > 0 } path) return;
        if (!File.Exists(path)) throw new StartException($"{Trusted}: there is no file {Path.GetFullPath(path)}.");
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(path);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{Trusted}: {path} cannot be read: {error.Message}", error);
        }

        if (found.Count == 0) throw new StartException($"{Trusted}: {path} holds no certificate in PEM form.");
    }
}
