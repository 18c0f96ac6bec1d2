using Akka.Actor;

namespace Akka.Event;

/// <summary>Logs dead letters up to the configured number, then says once that it stops.</summary>
internal sealed class DeadLetterListener : ActorBase
{
    private readonly int _limit = Context.System.Settings.LogDeadLetters;
    private long _count;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        Context.System.EventStream.Subscribe(Self, typeof(Dropped));
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter || _count > _limit)
            return message is AllDeadLetters;
        _count++;
        var text = _count > _limit
            ? $"no more dead letters will be logged (akka.log-dead-letters = {_limit})"
            : $"Message [{letter.Message.GetType().Name}] from {letter.Sender} to {letter.Recipient} was not delivered. "
                + $"[{_count}] dead letters encountered.";
        Context.System.EventStream.Publish(new Info(letter.Recipient.Path.ToString(), letter.Recipient.GetType(), text));
        return true;
    }
}
