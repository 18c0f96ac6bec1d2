using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions;

/// <summary>Starts and ends leaders that do not live under the replica host.</summary>
internal interface ILeaderRegion
{
    /// <summary>Has the partition's entity on this node started with the grant; it comes back with <see cref="BorrowLog"/>. May be lost.</summary>
    void Start(TopicIdPartition id, LeadershipGrant grant);

    /// <summary>A leader has given everything back and ends; what is sent to its entity meanwhile must reach the next one.</summary>
    void End(IUntypedActorContext leader);
}
