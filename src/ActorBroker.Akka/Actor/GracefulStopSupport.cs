namespace Akka.Actor;

public static class GracefulStopSupport
{
    /// <summary>Sends a <see cref="PoisonPill"/>; true when the actor has ended in time.</summary>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage) =>
        target is IInternalActorRef subject
        ? WatchingRef.Ended(subject, timeout, () => target.Tell(stopMessage, ActorRefs.NoSender))
        : throw new InvalidOperationException($"{target} cannot be death-watched");
}
