using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Parent of the engine's own actors. When the user guardian has ended, hooks that registered (persistence, say) get their
/// turn before everything here stops, and with it the root.
/// </summary>
internal sealed class SystemGuardianActor(IActorRef userGuardian) : ActorBase
{
    private readonly HashSet<IActorRef> _hooks = [];
    private bool _terminating;

    protected override void PreStart() => Context.Watch(userGuardian);

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated terminated when terminated.ActorRef.Equals(userGuardian):
                _terminating = true;
                foreach (var hook in _hooks)
                    hook.Tell(TerminationHook.Instance);
                StopWhenDone();
                break;
            case Terminated terminated:
                _hooks.Remove(terminated.ActorRef);
                StopWhenDone();
                break;
            case RegisterTerminationHook when !_terminating && !ReferenceEquals(Sender, Context.System.DeadLetters):
                _hooks.Add(Sender);
                Context.Watch(Sender);
                break;
            case TerminationHookDone:
                _hooks.Remove(Sender);
                StopWhenDone();
                break;
            default:
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
                break;
        }
        return true;
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // Children stay: a guardian has no state to lose.
    }

    private void StopWhenDone()
    {
        if (!_terminating || _hooks.Count > 0)
            return;
        var system = (ActorSystemImpl)Context.System;
        system.EventStream.StopDefaultLoggers(system);
        Context.Stop(Self);
        ((IInternalActorRef)Context.Parent).Stop();
    }
}

internal sealed class RegisterTerminationHook : INoSerializationVerificationNeeded
{
    public static readonly RegisterTerminationHook Instance = new();
}

internal sealed class TerminationHook : INoSerializationVerificationNeeded
{
    public static readonly TerminationHook Instance = new();
}

internal sealed class TerminationHookDone : INoSerializationVerificationNeeded
{
    public static readonly TerminationHookDone Instance = new();
}
