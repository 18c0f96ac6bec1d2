using ActorBroker.Core.Kernel;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>Where the words for one replica of this node arrive; belongs to its leader or its follower as long as that one lives.</summary>
internal sealed class ReplicaPort(IActorRef owner)
{
    private readonly HandoverQueue<ReplicaPart> _queue = ReplicaPart.NewQueue();

    public void Deliver(ReplicaPart part)
    {
        if (!_queue.TryPush(part, out var wasEmpty)) part.Release();
        else if (wasEmpty) owner.Tell(PartsWaiting.Instance, ActorRefs.NoSender);
    }

    public ReplicaPart? TakeAll() => _queue.TakeAll();

    public void Close() => ReplicaPart.Close(_queue);
}
