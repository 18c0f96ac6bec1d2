using ActorBroker.Storage;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Telemetry;

/// <summary>Passes what the storage says on to the node's log.</summary>
internal sealed class StorageEvents(ILoggerFactory loggers) : IStorageLog
{
    private readonly ILogger _log = loggers.CreateLogger("storage");

    public void Write(StorageLogLevel level, string message, Exception? error = null) => StorageMessages.Said(_log, Level(level), message, error);

    private static LogLevel Level(StorageLogLevel level) => level switch
    {
        StorageLogLevel.Debug => LogLevel.Debug,
        StorageLogLevel.Information => LogLevel.Information,
        StorageLogLevel.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}

internal static partial class StorageMessages
{
    [LoggerMessage(EventId = 2000, Message = "{Text}")]
    public static partial void Said(ILogger log, LogLevel level, string text, Exception? error);
}
