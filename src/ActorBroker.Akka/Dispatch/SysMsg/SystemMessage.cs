using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>
/// Messages of the engine to itself about an actor's life. They bypass the mailbox's user queue, are processed before it,
/// and are linked through themselves so that sending one allocates nothing more.
/// </summary>
internal abstract class SystemMessage : INoSerializationVerificationNeeded
{
    public SystemMessage? Next;

    /// <summary>Put off while the actor waits for its children to stop.</summary>
    public virtual bool WaitsForChildren => false;

    /// <summary>Put off while the actor is suspended.</summary>
    public virtual bool WaitsForResume => false;
}

internal sealed class Create : SystemMessage;

internal sealed class Recreate(Exception cause) : SystemMessage
{
    public Exception Cause => cause;

    public override bool WaitsForChildren => true;
}

internal sealed class Suspend : SystemMessage
{
    public override bool WaitsForChildren => true;
}

internal sealed class Resume(Exception? causedByFailure) : SystemMessage
{
    public Exception? CausedByFailure => causedByFailure;

    public override bool WaitsForChildren => true;
}

internal sealed class Terminate : SystemMessage;

internal sealed class Failed(IActorRef child, Exception cause, long uid) : SystemMessage
{
    public IActorRef Child => child;

    public Exception Cause => cause;

    public long Uid => uid;

    public override bool WaitsForResume => true;
}

internal sealed class Watch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee => watchee;

    public IInternalActorRef Watcher => watcher;
}

internal sealed class Unwatch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee => watchee;

    public IInternalActorRef Watcher => watcher;
}

internal sealed class DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated) : SystemMessage
{
    public IActorRef Actor => actor;

    public bool ExistenceConfirmed => existenceConfirmed;

    public bool AddressTerminated => addressTerminated;
}

/// <summary>A continuation of an asynchronous handler, run inside its actor.</summary>
internal sealed class ActorTask(ActorTaskScheduler scheduler, Task task) : SystemMessage
{
    public void Run() => scheduler.Run(task);
}

/// <summary>An asynchronous handler is done; the mailbox goes on.</summary>
internal sealed class ActorTaskDone(ActorTaskScheduler scheduler, Exception? failure) : SystemMessage
{
    public void Run() => scheduler.Complete(failure);
}

/// <summary>Marks the list of a mailbox that takes no more system messages.</summary>
internal sealed class NoMessage : SystemMessage
{
    public static readonly NoMessage Instance = new();
}
