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
    /// <summary>Under which all of it stands in the log.</summary>
    public const string Category = "akka";

    private static ILoggerFactory? s_loggers;
    private static LoggerLevels? s_levels;

    private readonly ILogger _log = s_loggers!.CreateLogger(Category);
    private readonly LoggerLevels _levels = s_levels!;
    private readonly AkkaLogLevel _configured = Context.System.EventStream.LogLevel;
    private readonly Action _changed;

    public AkkaEvents()
    {
        var self = Self;
        _changed = () => self.Tell(LevelsChanged.Instance, ActorRefs.NoSender);
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized(), Self));
        Receive<LogEvent>(Write);
        Receive<LevelsChanged>(_ => LetThrough());
    }

    internal static void Use(ILoggerFactory loggers, LoggerLevels levels) => (s_loggers, s_levels) = (loggers, levels);

    /// <summary>A class' name as a logger's: <c>Outer.Inner</c>.</summary>
    internal static string NameOf(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    protected override void PreStart() => _levels.Changed += _changed;

    protected override void PostStop() => _levels.Changed -= _changed;

    /// <summary>Akka publishes nothing below its own level; that has to follow the lowest that anybody wants, but never hides what was configured.</summary>
    private void LetThrough()
    {
        var stream = Context.System.EventStream;
        var wanted = _levels.LowestOfActors switch
        {
            LogLevel.Trace or LogLevel.Debug => AkkaLogLevel.DebugLevel,
            LogLevel.Information => AkkaLogLevel.InfoLevel,
            LogLevel.Warning => AkkaLogLevel.WarningLevel,
            _ => AkkaLogLevel.ErrorLevel,
        };
        if (wanted > _configured) wanted = _configured;
        if (wanted != stream.LogLevel) stream.SetLogLevel(wanted);
    }

    /// <summary>The class that logs; a source that is only a name goes by it.</summary>
    private static string SourceOf(LogEvent entry) =>
        entry.LogClass?.Namespace?.Split('.')[0] is "ActorBroker" or "Akka"
            ? NameOf(entry.LogClass)
            : entry.LogSource.Split(' ', 2)[0];

    private void Write(LogEvent entry)
    {
        var source = SourceOf(entry);
        _levels.See(source);
        var level = entry.LogLevel() switch
        {
            AkkaLogLevel.DebugLevel => LogLevel.Debug,
            AkkaLogLevel.InfoLevel => LogLevel.Information,
            AkkaLogLevel.WarningLevel => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        if (_levels.IsEnabled(source, level)) AkkaMessages.Said(_log, level, entry.LogSource, entry.Message, entry.Cause);
    }

    /// <summary>Somebody has set a logger's level.</summary>
    private sealed class LevelsChanged : INoSerializationVerificationNeeded
    {
        public static readonly LevelsChanged Instance = new();
    }
}

internal static partial class AkkaMessages
{
    [LoggerMessage(EventId = 3000, Message = "{Source}: {Text}")]
    public static partial void Said(ILogger log, LogLevel level, string source, object text, Exception? error);
}
