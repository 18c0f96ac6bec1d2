using Akka.Event;

namespace Akka.Actor;

/// <summary>Parent of the actors that a program makes; what it is told is a dead letter.</summary>
internal sealed class GuardianActor : ActorBase
{
    protected override bool Receive(object message)
    {
        if (message is not Terminated)
            Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
        return true;
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // Children stay: a guardian has no state to lose.
    }
}
