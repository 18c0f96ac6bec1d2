using Akka.Actor;

namespace Akka.Persistence;

internal sealed class RequestRecoveryPermit : INoSerializationVerificationNeeded
{
    public static readonly RequestRecoveryPermit Instance = new();
}

internal sealed class RecoveryPermitGranted : INoSerializationVerificationNeeded
{
    public static readonly RecoveryPermitGranted Instance = new();
}

internal sealed class ReturnRecoveryPermit : INoSerializationVerificationNeeded
{
    public static readonly ReturnRecoveryPermit Instance = new();
}

/// <summary>
/// Lets at most <c>max-concurrent-recoveries</c> persistent actors recover at a time, in the order in which they asked. An actor
/// that dies gives its permit, or its place in the queue, back. An actor that restarts in its recovery asks again: its place
/// then counts once more only if it holds no permit.
/// </summary>
internal sealed class RecoveryPermitter(int maxPermits) : ActorBase
{
    private readonly HashSet<IActorRef> _holders = [];
    private readonly LinkedList<IActorRef> _waiting = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case RequestRecoveryPermit:
                Request(Sender);
                return true;
            case ReturnRecoveryPermit:
                Context.Unwatch(Sender);
                Return(Sender);
                return true;
            case Terminated terminated:
                if (!_waiting.Remove(terminated.ActorRef))
                    Return(terminated.ActorRef);
                return true;
            default:
                return false;
        }
    }

    private void Request(IActorRef actor)
    {
        Context.Watch(actor);
        if (_holders.Contains(actor) || _holders.Count < maxPermits)
            Grant(actor);
        else if (!_waiting.Contains(actor))
            _waiting.AddLast(actor);
    }

    private void Return(IActorRef actor)
    {
        if (!_holders.Remove(actor) || _waiting.First is not { } next)
            return;
        _waiting.Remove(next);
        Grant(next.Value);
    }

    private void Grant(IActorRef actor)
    {
        _holders.Add(actor);
        actor.Tell(RecoveryPermitGranted.Instance, Self);
    }
}
