namespace Akka.Actor;

public static class WatchAsyncSupport
{
    /// <summary>Completes with true when the actor has ended, with false when the wait is cancelled.</summary>
    public static Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default) => target is IInternalActorRef subject
        ? WatchingRef.Ended(subject, Timeout.InfiniteTimeSpan, null, token)
        : throw new InvalidOperationException($"{target} cannot be death-watched");
}
