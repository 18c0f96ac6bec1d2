namespace Akka.Actor;

/// <summary>Takes messages.</summary>
public interface ICanTell
{
    void Tell(object message, IActorRef? sender);
}
