using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>Factory of message queues; made once per mailbox id with that id's configuration.</summary>
public abstract class MailboxType
{
    protected readonly Settings Settings;
    protected readonly Config Config;

    protected MailboxType(Settings settings, Config config)
    {
        Settings = settings;
        Config = config;
    }

    /// <summary>What the queues can do, to check against what an actor requires; null when that is not known.</summary>
    internal virtual Type? QueueType => null;

    public abstract IMessageQueue Create(IActorRef owner, ActorSystem system);
}
