namespace Akka.Actor.Setup;

/// <summary>Programmatic part of an actor system's configuration.</summary>
public abstract class Setup
{
    public ActorSystemSetup And(Setup other) => ActorSystemSetup.Create(this, other);
}
