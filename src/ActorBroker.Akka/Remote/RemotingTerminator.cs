using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// When the user's actors have ended, and before the engine's own do, everything that waits for other nodes is written and
/// the connections are closed.
/// </summary>
internal sealed class RemotingTerminator(RemoteActorRefProvider provider) : ReceiveActor
{
    private readonly IActorRef _systemGuardian = Context.Parent;

    protected override void PreStart()
    {
        _systemGuardian.Tell(RegisterTerminationHook.Instance, Self);
        Receive<TerminationHook>(_ => ShutDown());
        Receive<Ended>(_ =>
        {
            _systemGuardian.Tell(TerminationHookDone.Instance, Self);
            Context.Stop(Self);
        });
    }

    private void ShutDown()
    {
        var self = Self;
        provider.Transport.Shutdown().ContinueWith(_ => self.Tell(Ended.Instance, ActorRefs.NoSender), TaskScheduler.Default);
    }

    private sealed class Ended : INoSerializationVerificationNeeded
    {
        public static readonly Ended Instance = new();
    }
}
