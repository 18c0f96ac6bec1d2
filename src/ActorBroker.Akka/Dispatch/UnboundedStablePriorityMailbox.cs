using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>Base of mailboxes that take the lowest number first and keep the order of arrival among equals.</summary>
public abstract class UnboundedStablePriorityMailbox : MailboxType
{
    public const int DefaultCapacity = 11;

    protected UnboundedStablePriorityMailbox(Settings settings, Config config)
        : base(settings, config)
    {
    }

    public int InitialCapacity => DefaultCapacity;

    internal override Type QueueType => typeof(IUnboundedDequeBasedMessageQueueSemantics);

    public sealed override IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        new PriorityActorQueue(PriorityGenerator, InitialCapacity);

    protected abstract int PriorityGenerator(object message);
}
