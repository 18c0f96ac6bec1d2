using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// When the user's actors have ended, and before the engine's own do, everything that waits for other nodes is written and
/// the connections are closed.
/// </summary>
internal sealed class RemotingTerminator(RemoteActorRefProvider provider) : UntypedActor
{
    protected override void PreStart() => Context.Parent.Tell(RegisterTerminationHook.Instance, Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TerminationHook:
                var self = Self;
                provider.Transport.Shutdown().ContinueWith(_ => self.Tell(Ended.Instance, ActorRefs.NoSender), TaskScheduler.Default);
                break;
            case Ended:
                Context.Parent.Tell(TerminationHookDone.Instance, Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private sealed class Ended : INoSerializationVerificationNeeded
    {
        public static readonly Ended Instance = new();
    }
}
