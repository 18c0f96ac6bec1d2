using ActorBroker.Actors.Hosting;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Kernel;
using ActorBroker.Server.Telemetry;
using Akka.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Start;

/// <summary>What a node has before it has an actor system: configuration, logs, directories, memory.</summary>
internal sealed record NodeParts(
    BrokerConfig Config, Config Akka, ILoggerFactory Loggers, LoggerLevels Levels, ListenerPlan Listeners, BufferPool Buffers, StorageSlice Storage,
    ClusterPlan? Cluster)
{
    public static NodeParts Open(BrokerConfigCheck check, Config operatorConfig)
    {
        var config = check.Config;
        if (!Enum.TryParse<LogLevel>(config.Text("actorbroker.log.level"), true, out var level)) level = LogLevel.Information;
        var levels = new LoggerLevels(level);
        var loggers = NodeLog.Create(levels);
        var log = loggers.CreateLogger("node");
        foreach (var warning in check.Warnings) NodeMessages.Configured(log, warning);
        var listeners = ListenerPlan.From(config);
        var cluster = ClusterPlan.From(config, operatorConfig);
        if (cluster is not null) LaneTls.Check(operatorConfig, DateTimeOffset.UtcNow);
        var buffers = new BufferPool(config.Long("actorbroker.memory.buffers.bytes"), config.Long("actorbroker.memory.buffers.retained.bytes"));
        var storage = StorageSlice.Open(config, buffers, new StorageEvents(loggers), makesClusterId: cluster is null);
        AkkaEvents.Use(loggers, levels);
        var akka = operatorConfig.WithFallback(ServerConfig.For(level)).WithFallback(ActorsConfig.For(storage.JournalDirectory));
        return new NodeParts(config, akka, loggers, levels, listeners, buffers, storage, cluster);
    }
}
