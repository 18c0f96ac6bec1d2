using Akka.Actor;

namespace Akka.Persistence;

/// <summary>What a persistent actor does with a message at the present point of its life.</summary>
internal abstract class EventsourcedPhase(Eventsourced actor)
{
    public abstract bool IsRecovering { get; }

    protected Eventsourced Actor => actor;

    protected IActorRef Self => actor.OwnContext.Self;

    public abstract void Handle(Receive receive, object message);

    protected void ReturnPermit() => actor.Plugins.RecoveryPermitter.Tell(ReturnRecoveryPermit.Instance, Self);
}
