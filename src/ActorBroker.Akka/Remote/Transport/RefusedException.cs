namespace Akka.Remote.Transport;

/// <summary>The other node does not let this one in.</summary>
internal sealed class RefusedException(Refusal refusal) : RemoteTransportException($"Refused ({refusal.Reason}): {refusal.Text}")
{
    public ByeReason Reason => refusal.Reason;
}
