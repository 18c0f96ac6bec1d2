namespace Akka.Actor;

public static class ActorRefs
{
    public static readonly Nobody Nobody = Nobody.Instance;

    /// <summary>For a Tell from outside of any actor.</summary>
    public static readonly IActorRef NoSender = null!;
}
