using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>The default mailbox.</summary>
public sealed class UnboundedMailbox : MailboxType
{
    public UnboundedMailbox(Settings settings, Config config)
        : base(settings, config)
    {
    }

    internal override Type QueueType => typeof(IUnboundedMessageQueueSemantics);

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new ActorQueue();
}
