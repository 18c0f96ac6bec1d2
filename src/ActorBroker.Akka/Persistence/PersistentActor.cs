namespace Akka.Persistence;

/// <summary>A persistent actor with one method for events and one for commands.</summary>
public abstract class PersistentActor : Eventsourced
{
    protected override bool Receive(object message) => ReceiveCommand(message);
}
