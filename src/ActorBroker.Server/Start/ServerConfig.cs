using ActorBroker.Server.Telemetry;
using Akka.Configuration;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorBroker.Server.Start;

/// <summary>Akka's keys that the executable sets: its logger, and a shutdown that leaves the process to the start command.</summary>
internal static class ServerConfig
{
    public static Config For(LogLevel level) => ConfigurationFactory.ParseString($$"""
        akka {
          loggers = ["{{typeof(AkkaEvents).FullName}}, {{typeof(AkkaEvents).Assembly.GetName().Name}}"]
          loglevel = {{AkkaLevel(level)}}
          stdout-loglevel = WARNING
          coordinated-shutdown {
            exit-clr = off
            run-by-actor-system-terminate = off
            run-by-clr-shutdown-hook = off
            phases {
              before-service-unbind.timeout = 10s
              service-unbind.timeout = 6s
              service-requests-done.timeout = 10s
              service-stop.timeout = 310s
            }
          }
        }
        """);

    private static string AkkaLevel(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARNING",
        _ => "ERROR",
    };
}
