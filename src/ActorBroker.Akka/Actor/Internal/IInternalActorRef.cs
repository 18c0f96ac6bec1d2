using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>What the engine itself needs from every reference.</summary>
internal interface IInternalActorRef : IActorRef, IActorRefScope
{
    IInternalActorRef Parent { get; }

    IActorRefProvider Provider { get; }

    bool IsTerminated { get; }

    /// <summary>Walks down by name; <see cref="Nobody"/> when there is no such child.</summary>
    IActorRef GetChild(IReadOnlyList<string> name);

    void Start();

    void Stop();

    void Suspend();

    void Resume(Exception? causedByFailure = null);

    void Restart(Exception cause);

    void SendSystemMessage(SystemMessage message);
}
