using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using AkkaLogLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorBroker.Server.Telemetry;

/// <summary>
/// Akka's logger (<c>akka.loggers</c>) that writes into the node's log. Akka makes it by its type name, so the factory is handed over in
/// a static before the
/// system starts; nodes in one process share it.
/// </summary>
public sealed class AkkaEvents : ReceiveActor
{
    private static ILoggerFactory? s_loggers;

    private readonly ILogger _log = s_loggers!.CreateLogger("akka");

    public AkkaEvents()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized(), Self));
        Receive<LogEvent>(Write);
    }

    public static void Use(ILoggerFactory loggers) => s_loggers = loggers;

    private void Write(LogEvent entry)
    {
        var level = entry.LogLevel() switch
        {
            AkkaLogLevel.DebugLevel => LogLevel.Debug,
            AkkaLogLevel.InfoLevel => LogLevel.Information,
            AkkaLogLevel.WarningLevel => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        AkkaMessages.Said(_log, level, entry.LogSource, entry.Message, entry.Cause);
    }
}

internal static partial class AkkaMessages
{
    [LoggerMessage(EventId = 3000, Message = "{Source}: {Text}")]
    public static partial void Said(ILogger log, LogLevel level, string source, object text, Exception? error);
}
