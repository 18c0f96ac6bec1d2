using System.Security.Authentication;
using ActorBroker.Server.Telemetry;
using Akka.Actor;
using Akka.Remote;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Start;

/// <summary>
/// Hears of nodes that this one does not trust, or that do not trust it. That a node is down is nothing to speak of; this is, for it does not
/// pass by itself. Attempts follow each other in seconds: each node is named once in a minute.
/// </summary>
internal sealed class LaneRefusals : ReceiveActor
{
    private const long QuietMs = 60_000;
    private readonly Dictionary<Address, long> _saidMs = [];

    public LaneRefusals(ILogger log) => Receive<AssociationErrorEvent>(failed =>
    {
        if (Untrusted(failed.Cause) is not { } why) return;
        var now = Environment.TickCount64;
        if (_saidMs.TryGetValue(failed.RemoteAddress, out var said) && now - said < QuietMs) return;
        _saidMs[failed.RemoteAddress] = now;
        NodeMessages.LaneRefused(log, failed.RemoteAddress.ToString(), why);
    });

    private static string? Untrusted(Exception? cause)
    {
        for (; cause is not null; cause = cause.InnerException)
            if (cause is AuthenticationException) return cause.Message;
        return null;
    }
}
