namespace Akka.Actor;

public interface ICanWatch
{
    /// <summary>Asks for a <see cref="Terminated"/> when the subject has stopped, or at once when it already has.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>Like <see cref="Watch"/> with a message of one's own in place of <see cref="Terminated"/>.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    IActorRef Unwatch(IActorRef subject);
}
