using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>An actor system's configuration, its most used keys read once.</summary>
public class Settings
{
    internal Settings(ActorSystemImpl system, Config config, Setup.ActorSystemSetup setup)
    {
        SystemImpl = system;
        Setup = setup;
        Config = config;
        ProviderName = setup.Get<BootstrapSetup>() is { HasValue: true, Value.ActorRefProvider: { HasValue: true } provider }
            ? provider.Value.Identifier
            : config.GetString("akka.actor.provider", "local")!;
        SupervisorStrategyClass = config.GetString("akka.actor.guardian-supervisor-strategy")!;
        AskTimeout = config.GetTimeSpan("akka.actor.ask-timeout", Timeout.InfiniteTimeSpan);
        SerializeAllMessages = config.GetBoolean("akka.actor.serialize-messages");
        LogLevel = config.GetString("akka.loglevel")!;
        StdoutLogLevel = config.GetString("akka.stdout-loglevel")!;
        Loggers = config.GetStringList("akka.loggers");
        LoggersDispatcher = config.GetString("akka.loggers-dispatcher", Dispatch.Dispatchers.DefaultDispatcherId)!;
        LoggerStartTimeout = config.GetTimeSpan("akka.logger-startup-timeout");
        LogConfigOnStart = config.GetBoolean("akka.log-config-on-start");
        LogDeadLetters = DeadLetterLimit(config);
        LogDeadLettersDuringShutdown = config.GetBoolean("akka.log-dead-letters-during-shutdown");
        DebugUnhandledMessage = config.GetBoolean("akka.actor.debug.unhandled");
        SchedulerClass = config.GetString("akka.scheduler.implementation")!;
        CoordinatedShutdownTerminateActorSystem = config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system");
        CoordinatedShutdownRunByActorSystemTerminate = config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate");
    }

    public ActorSystem System => SystemImpl;

    public Config Config { get; private set; }

    public Setup.ActorSystemSetup Setup { get; }

    public string SupervisorStrategyClass { get; }

    public bool SerializeAllMessages { get; }

    public TimeSpan AskTimeout { get; }

    public string LogLevel { get; }

    public string StdoutLogLevel { get; }

    public IList<string> Loggers { get; }

    public string LoggersDispatcher { get; }

    public TimeSpan LoggerStartTimeout { get; }

    public bool LogConfigOnStart { get; }

    /// <summary>How many dead letters are logged; int.MaxValue for all.</summary>
    public int LogDeadLetters { get; set; }

    public bool LogDeadLettersDuringShutdown { get; }

    public bool DebugUnhandledMessage { get; }

    public string SchedulerClass { get; }

    public bool CoordinatedShutdownTerminateActorSystem { get; }

    public bool CoordinatedShutdownRunByActorSystemTerminate { get; }

    internal ActorSystemImpl SystemImpl { get; }

    internal string ProviderName { get; }

    internal ILogMessageFormatter Formatter => DefaultLogMessageFormatter.Instance;

    /// <summary>Puts an extension's reference configuration below everything that was configured.</summary>
    public void InjectTopLevelFallback(Config config) => Config = Config.WithFallback(config);

    private static int DeadLetterLimit(Config config) => config.GetString("akka.log-dead-letters")!.ToLowerInvariant() switch
    {
        "on" or "true" => int.MaxValue,
        "off" or "false" => 0,
        _ => config.GetInt("akka.log-dead-letters"),
    };
}
