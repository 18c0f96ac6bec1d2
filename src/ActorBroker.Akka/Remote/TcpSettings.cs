using Akka.Configuration;

namespace Akka.Remote;

/// <summary>The keys under <c>akka.remote.dot-netty.tcp</c>.</summary>
internal sealed class TcpSettings
{
    private const int SmallestFrameLimit = 32000;

    public TcpSettings(Config all)
    {
        var config = all.GetConfig("akka.remote.dot-netty.tcp")!;
        Hostname = Text(config, "hostname") is { Length: > 0 } host ? host : "0.0.0.0";
        PublicHostname = Text(config, "public-hostname") is { Length: > 0 } publicHost ? publicHost : Hostname;
        Port = config.GetInt("port", 2552);
        PublicPort = config.GetInt("public-port") is > 0 and var port ? port : null;
        ConnectTimeout = config.GetTimeSpan("connection-timeout", TimeSpan.FromSeconds(15));
        SendBufferBytes = Size(config, "send-buffer-size");
        ReceiveBufferBytes = Size(config, "receive-buffer-size");
        MaximumFrameBytes = Size(config, "maximum-frame-size");
        if (MaximumFrameBytes < SmallestFrameLimit)
            throw new ConfigurationException($"akka.remote.dot-netty.tcp.maximum-frame-size must be at least {SmallestFrameLimit} bytes");
        Backlog = config.GetInt("backlog", 4096);
        NoDelay = config.GetBoolean("tcp-nodelay", true);
        KeepAlive = config.GetBoolean("tcp-keepalive", true);
        ReuseAddress = Text(config, "tcp-reuse-addr").ToLowerInvariant() switch
        {
            "off-for-windows" => !OperatingSystem.IsWindows(),
            "on" or "true" => true,
            _ => false,
        };
        Tls = config.GetBoolean("enable-ssl") ? new TlsSettings(config.GetConfig("ssl")!, all.GetConfig("actorbroker.akka.remote.ssl")!) : null;
    }

    public string Hostname { get; }

    public string PublicHostname { get; }

    public int Port { get; }

    public int? PublicPort { get; }

    public TimeSpan ConnectTimeout { get; }

    public int SendBufferBytes { get; }

    public int ReceiveBufferBytes { get; }

    public int MaximumFrameBytes { get; }

    public int Backlog { get; }

    public bool NoDelay { get; }

    public bool KeepAlive { get; }

    public bool ReuseAddress { get; }

    public TlsSettings? Tls { get; }

    public string Protocol => Tls is null ? "akka.tcp" : "akka.ssl.tcp";

    private static string Text(Config config, string key) => config.GetString(key, "");

    private static int Size(Config config, string key) => checked((int)(config.GetByteSize(key) ?? 0));
}
