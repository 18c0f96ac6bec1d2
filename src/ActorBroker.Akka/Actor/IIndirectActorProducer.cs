namespace Akka.Actor;

/// <summary>Makes actors in a way of one's own.</summary>
public interface IIndirectActorProducer
{
    Type ActorType { get; }

    ActorBase Produce();

    void Release(ActorBase actor);
}
