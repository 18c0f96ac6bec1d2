using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Reference to an actor that does not exist: what it gets is a dead letter.</summary>
internal class EmptyLocalActorRef(IActorRefProvider provider, ActorPath path, EventStream events) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    public override bool IsTerminated => true;

    protected override void TellInternal(object message, IActorRef sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        var letter = message as DeadLetter;
        var content = letter?.Message ?? message;
        var from = letter is null ? sender ?? provider.DeadLetters : letter.Sender ?? provider.DeadLetters;
        var recipient = letter?.Recipient ?? this;
        if (content is ActorSelectionMessage selection)
            content = selection.Message;
        switch (content)
        {
            case Identify identify:
                from.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                break;
            case IDeadLetterSuppression suppressed:
                events.Publish(new SuppressedDeadLetter(suppressed, from, recipient));
                break;
            default:
                events.Publish(letter is not null && ReferenceEquals(content, letter.Message) && letter.Sender is not null
                    ? letter
                    : new DeadLetter(content, from, recipient));
                break;
        }
    }

    internal override void SendSystem(SystemMessage message)
    {
        if (message is Watch watch && watch.Watchee.Equals(this) && !watch.Watcher.Equals(this))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
    }
}
