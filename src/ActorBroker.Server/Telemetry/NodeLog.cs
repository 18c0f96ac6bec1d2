using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ActorBroker.Server.Telemetry;

/// <summary>The node's logging: one line an event on stderr, so that stdout keeps the ready line alone.</summary>
internal static class NodeLog
{
    public static ILoggerFactory Create(LoggerLevels levels) => LoggerFactory.Create(builder =>
    {
        // Levels change while the node runs: the filter is asked for every line. What comes through Akka was asked about before, by its source.
        builder.SetMinimumLevel(LogLevel.Trace);
        builder.AddFilter((category, level) => category == AkkaEvents.Category || levels.IsEnabled(category ?? "", level));
        builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            options.UseUtcTimestamp = true;
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Services.Configure(static (ConsoleLoggerOptions options) => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
