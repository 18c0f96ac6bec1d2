using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Stands above the root guardian: a failure there stops the system, and its end completes the termination.</summary>
internal sealed class RootSupervisorRef(IActorRefProvider provider, ActorPath path, TaskCompletionSource terminated) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    public override bool IsTerminated => terminated.Task.IsCompleted;

    internal override void SendSystem(SystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                ((IInternalActorRef)failed.Child).Stop();
                break;
            case DeathWatchNotification:
                terminated.TrySetResult();
                break;
        }
    }
}
