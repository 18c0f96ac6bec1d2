using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Telemetry;

/// <summary>What the node itself says.</summary>
internal static partial class NodeMessages
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void Configured(ILogger log, string warning);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "topic {Topic} was found in the log directories: {Warning}")]
    public static partial void Adopted(ILogger log, string topic, string warning);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "some partitions of this node do not take records; the lines above say which and why")]
    public static partial void PartitionsOffline(ILogger log);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "no HTTP port on {Address}: {Reason}")]
    public static partial void NoHttp(ILogger log, string address, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "the cluster has given this node up: {Reason}; it joins again, connections stay open")]
    public static partial void GivenUp(ILogger log, string reason);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "not in the cluster yet: {Reason}; the next attempt follows")]
    public static partial void NotJoined(ILogger log, string reason);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "the node cannot go on and stops")]
    public static partial void CannotGoOn(ILogger log, Exception error);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "no connection to {Address}: {Reason}")]
    public static partial void LaneRefused(ILogger log, string address, string reason);
}
