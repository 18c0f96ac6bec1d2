using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

public abstract class InternalActorRefBase : ActorRefBase, IInternalActorRef
{
    private protected InternalActorRefBase()
    {
    }

    public abstract IActorRefProvider Provider { get; }

    public abstract bool IsTerminated { get; }

    public abstract bool IsLocal { get; }

    IInternalActorRef IInternalActorRef.Parent => ParentRef;

    internal abstract IInternalActorRef ParentRef { get; }

    public abstract IActorRef GetChild(IReadOnlyList<string> name);

    public abstract void Start();

    public abstract void Stop();

    public abstract void Suspend();

    public abstract void Resume(Exception? causedByFailure = null);

    public abstract void Restart(Exception cause);

    void IInternalActorRef.SendSystemMessage(SystemMessage message) => SendSystem(message);

    internal abstract void SendSystem(SystemMessage message);
}
