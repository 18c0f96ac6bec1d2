using Akka.Actor;

namespace Akka.TestKit.TestActors;

/// <summary>Passes every message on, with its sender.</summary>
public class ForwardActor : ActorBase
{
    private readonly IActorRef _target;

    public ForwardActor(IActorRef @ref)
    {
        _target = @ref;
    }

    public static Props Props(IActorRef @ref) => Actor.Props.Create(() => new ForwardActor(@ref));

    protected override bool Receive(object message)
    {
        _target.Forward(message);
        return true;
    }
}
