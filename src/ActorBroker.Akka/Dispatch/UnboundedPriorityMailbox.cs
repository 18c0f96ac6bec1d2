using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>Base of mailboxes that take the message with the lowest number first.</summary>
public abstract class UnboundedPriorityMailbox : MailboxType
{
    public const int DefaultCapacity = 11;

    protected UnboundedPriorityMailbox(Settings settings, Config config)
        : base(settings, config)
    {
    }

    public int InitialCapacity => DefaultCapacity;

    internal override Type QueueType => typeof(IUnboundedDequeBasedMessageQueueSemantics);

    public sealed override IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        new PriorityActorQueue(PriorityGenerator, InitialCapacity);

    protected abstract int PriorityGenerator(object message);
}
