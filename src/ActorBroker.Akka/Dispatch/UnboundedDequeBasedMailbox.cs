using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>The mailbox of actors with a stash.</summary>
public sealed class UnboundedDequeBasedMailbox : MailboxType
{
    public UnboundedDequeBasedMailbox(Settings settings, Config config)
        : base(settings, config)
    {
    }

    internal override Type QueueType => typeof(IUnboundedDequeBasedMessageQueueSemantics);

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new ActorQueue();
}
