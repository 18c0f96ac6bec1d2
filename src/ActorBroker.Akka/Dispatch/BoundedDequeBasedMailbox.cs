using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary><see cref="BoundedMailbox"/> for actors with a stash.</summary>
public class BoundedDequeBasedMailbox : MailboxType
{
    public BoundedDequeBasedMailbox(Settings settings, Config config)
        : base(settings, config) => (Capacity, PushTimeout) = BoundedQueueSettings.From(config);

    public int Capacity { get; }

    public TimeSpan PushTimeout { get; }

    internal override Type QueueType => typeof(IBoundedDequeBasedMessageQueueSemantics);

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new BoundedActorQueue(Capacity, PushTimeout);
}
