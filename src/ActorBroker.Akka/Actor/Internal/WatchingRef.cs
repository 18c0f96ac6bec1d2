using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>A watcher outside of any actor: completes when its subject has ended.</summary>
internal sealed class WatchingRef(IInternalActorRef subject) : MinimalActorRef
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ActorPath Path { get; } = subject.Provider.TempPath();

    public override IActorRefProvider Provider => subject.Provider;

    public static async Task<bool> Ended(
        IInternalActorRef subject, TimeSpan timeout, Action? whenWatched, CancellationToken token = default)
    {
        var watcher = new WatchingRef(subject);
        subject.SendSystemMessage(new Watch(subject, watcher));
        whenWatched?.Invoke();
        try
        {
            await watcher._ended.Task.WaitAsync(timeout, token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            subject.SendSystemMessage(new Unwatch(subject, watcher));
        }
    }

    internal override void SendSystem(SystemMessage message)
    {
        if (message is DeathWatchNotification notification && notification.Actor.Path.Equals(subject.Path))
            _ended.TrySetResult();
    }
}
