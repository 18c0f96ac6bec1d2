namespace Akka.Actor;

/// <summary>A message with its sender, as mailboxes carry it.</summary>
public readonly struct Envelope
{
    public Envelope(object message, IActorRef? sender, ActorSystem system)
        : this(message, sender ?? system.DeadLetters)
    {
    }

    public Envelope(object message, IActorRef? sender)
    {
        Message = message ?? throw new InvalidMessageException("Message is null");
        Sender = sender!;
    }

    public IActorRef Sender { get; }

    public object Message { get; }

    public override string ToString() => $"<{Message}> from {(Sender is null ? "NoSender" : Sender.ToString())}";
}
