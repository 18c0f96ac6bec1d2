using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Remote;

/// <summary>The keys under <c>akka.remote</c> that concern associations, read once.</summary>
internal sealed class RemoteSettings
{
    private const string Tuning = "actorbroker.akka.remote.";

    public RemoteSettings(Config config)
    {
        Config = config;
        Dispatcher = config.GetString("akka.remote.use-dispatcher", "");
        FlushWait = config.GetTimeSpan("akka.remote.flush-wait-on-shutdown");
        LifecycleLogLevel = Level(config.GetString("akka.remote.log-remote-lifecycle-events", "on"));
        QueueWarningAt = Number(config, "akka.remote.log-buffer-size-exceeding");
        RetryGateClosedFor = config.GetTimeSpan("akka.remote.retry-gate-closed-for");
        QuarantineDuration = config.GetTimeSpan("akka.remote.prune-quarantine-marker-after");
        QuarantineSilentSystemTimeout = config.GetTimeSpan("akka.remote.quarantine-after-silence");
        SystemMessageBufferSize = config.GetInt("akka.remote.system-message-buffer-size");
        ResendInterval = config.GetTimeSpan("akka.remote.resend-interval");
        ResendLimit = config.GetInt("akka.remote.resend-limit");
        InitialSystemMessageTimeout = config.GetTimeSpan("akka.remote.initial-system-message-delivery-timeout");
        KeepAliveInterval = config.GetTimeSpan("akka.remote.transport-failure-detector.heartbeat-interval");
        SilenceLimit = KeepAliveInterval + config.GetTimeSpan("akka.remote.transport-failure-detector.acceptable-heartbeat-pause");
        WatchFailureDetectorConfig = config.GetConfig("akka.remote.watch-failure-detector")!;
        QueueSize = config.GetInt(Tuning + "queue-size");
        ConnectingQueueSize = config.GetInt(Tuning + "connecting-queue-size");
        Cookie = config.GetString(Tuning + "cookie", "");
        PendingHandshakes = config.GetInt(Tuning + "pending-handshakes");
        HandshakeTimeout = config.GetTimeSpan(Tuning + "handshake-timeout");
        MaxAssociations = config.GetInt(Tuning + "max-associations");
        Tcp = new TcpSettings(config);
    }

    public Config Config { get; }

    public string Dispatcher { get; }

    public TimeSpan FlushWait { get; }

    public LogLevel LifecycleLogLevel { get; }

    public int QueueWarningAt { get; }

    public TimeSpan RetryGateClosedFor { get; }

    public TimeSpan QuarantineDuration { get; }

    public TimeSpan QuarantineSilentSystemTimeout { get; }

    public int SystemMessageBufferSize { get; }

    public TimeSpan ResendInterval { get; }

    public int ResendLimit { get; }

    public TimeSpan InitialSystemMessageTimeout { get; }

    public TimeSpan KeepAliveInterval { get; }

    /// <summary>A connection on which nothing was heard for so long is closed.</summary>
    public TimeSpan SilenceLimit { get; }

    public Config WatchFailureDetectorConfig { get; }

    public int QueueSize { get; }

    public int ConnectingQueueSize { get; }

    public string Cookie { get; }

    public int PendingHandshakes { get; }

    public TimeSpan HandshakeTimeout { get; }

    public int MaxAssociations { get; }

    public TcpSettings Tcp { get; }

    public Props ConfigureDispatcher(Props props) => Dispatcher.Length == 0 ? props : props.WithDispatcher(Dispatcher);

    private static LogLevel Level(string text) =>
        text.ToLowerInvariant() is "on" or "yes" or "true" ? LogLevel.DebugLevel : Logging.LogLevelFor(text);

    private static int Number(Config config, string path) =>
        config.GetString(path, "off").ToLowerInvariant() is "off" or "false" or "no" ? int.MaxValue : config.GetInt(path);
}
