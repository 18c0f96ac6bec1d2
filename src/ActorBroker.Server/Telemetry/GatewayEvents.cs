using System.Net;
using ActorBroker.Network;
using ActorBroker.Protocol;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Telemetry;

/// <summary>What the gateway tells an operator, as log lines.</summary>
internal sealed partial class GatewayEvents(ILoggerFactory loggers) : IGatewayLog
{
    private readonly ILogger _log = loggers.CreateLogger("gateway");

    public void ListenerStarted(string listener, IPEndPoint address) => Started(_log, listener, address);

    public void ListenerStopped(string listener) => Stopped(_log, listener);

    public void AcceptFailed(string listener, Exception exception) => NotAccepted(_log, listener, exception);

    public void ConnectionClosed(string listener, EndPoint? peer, string reason, long unreported) => Closed(_log, listener, peer, reason, unreported);

    public void RequestFailed(string listener, EndPoint? peer, ApiKey apiKey, short apiVersion, Exception exception) =>
        Failed(_log, apiKey, apiVersion, peer, listener, exception);

    [LoggerMessage(EventId = 1000, Level = LogLevel.Information, Message = "listener {Listener} accepts connections on {Address}")]
    private static partial void Started(ILogger log, string listener, IPEndPoint address);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "listener {Listener} has stopped")]
    private static partial void Stopped(ILogger log, string listener);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "listener {Listener} could not accept a connection")]
    private static partial void NotAccepted(ILogger log, string listener, Exception error);

    [LoggerMessage(
        EventId = 1003, Level = LogLevel.Warning,
        Message = "listener {Listener}: connection of {Peer} closed: {Reason} ({Unreported} more not reported)")]
    private static partial void Closed(ILogger log, string listener, EndPoint? peer, string reason, long unreported);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Error, Message = "{Api} v{Version} of {Peer} on {Listener} failed in the broker")]
    private static partial void Failed(ILogger log, ApiKey api, short version, EndPoint? peer, string listener, Exception error);
}
