using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>Link of an <see cref="OutboundQueue"/>.</summary>
internal sealed class OutboundMessage(object message, IActorRef? sender, RemoteActorRef recipient, long number = 0, int epoch = 0)
{
    public OutboundMessage? Next;

    public object Message => message;

    public IActorRef? Sender => sender;

    public RemoteActorRef Recipient => recipient;

    /// <summary>Of a system message, from 1; else 0.</summary>
    public long Number => number;

    /// <summary>Which numbering the number belongs to.</summary>
    public int Epoch => epoch;
}
