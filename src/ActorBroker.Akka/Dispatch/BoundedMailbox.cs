using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>A sender waits for room up to <c>mailbox-push-timeout-time</c>; then its message is a dead letter.</summary>
public sealed class BoundedMailbox : MailboxType
{
    public BoundedMailbox(Settings settings, Config config)
        : base(settings, config) => (Capacity, PushTimeout) = BoundedQueueSettings.From(config);

    public int Capacity { get; }

    public TimeSpan PushTimeout { get; }

    internal override Type QueueType => typeof(IBoundedMessageQueueSemantics);

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new BoundedActorQueue(Capacity, PushTimeout);
}
