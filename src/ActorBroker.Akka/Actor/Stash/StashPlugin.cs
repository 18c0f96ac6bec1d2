using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Gives stashing actors their stash, and puts its content back into the mailbox when the incarnation ends.</summary>
internal static class StashPlugin
{
    public static void Attach(ActorBase actor, ActorCell cell)
    {
        if (actor is not IActorStash stashing || stashing.Stash is not null)
            return;
        if (cell.Mailbox.MessageQueue is not IDequeBasedMessageQueueSemantics queue)
        {
            throw new ActorInitializationException(
                cell.Self,
                $"DequeBasedMailbox required, got: {cell.Mailbox.MessageQueue.GetType().Name}. Use UnboundedDequeBasedMailbox");
        }
        var capacity = stashing is IWithUnboundedStash ? Props.NoStashCapacity : cell.SystemImpl.Mailboxes.StashCapacity(cell.Props);
        stashing.Stash = new ActorStash(cell, queue, capacity);
    }

    public static void Detach(ActorBase actor) => (actor as IActorStash)?.Stash?.UnstashAll();
}
