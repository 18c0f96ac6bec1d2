using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// The two actors that the extension talks to. They start while its constructor runs, and those below them may use the extension
/// before it has ended: who is early waits the moment until the reference is there.
/// </summary>
internal sealed class ClusterActors
{
    private readonly TaskCompletionSource<IActorRef> _top = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IActorRef> _core = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary><c>/system/cluster</c></summary>
    public IActorRef Top
    {
        get => _top.Task.GetAwaiter().GetResult();
        set => _top.TrySetResult(value);
    }

    /// <summary><c>/system/cluster/core/daemon</c></summary>
    public IActorRef Core
    {
        get => _core.Task.GetAwaiter().GetResult();
        set => _core.TrySetResult(value);
    }

    public void AwaitStart(TimeSpan limit)
    {
        if (!_core.Task.Wait(limit))
            throw new TimeoutException($"The cluster's actors did not start within akka.actor.creation-timeout, {limit}");
    }
}
