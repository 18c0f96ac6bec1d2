using Akka.Actor;

namespace Akka.TestKit.TestActors;

/// <summary>Passes every message on, with its sender.</summary>
public class ForwardActor : ReceiveActor
{
    public ForwardActor(IActorRef @ref)
    {
        ReceiveAny(@ref.Forward);
    }

    public static Props Props(IActorRef @ref) => Actor.Props.Create(() => new ForwardActor(@ref));
}
