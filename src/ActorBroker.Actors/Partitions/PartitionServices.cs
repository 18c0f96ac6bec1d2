using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Flushing;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions;

/// <summary>What every partition actor of a node shares; no cleaner when <c>log.cleaner.enable</c> is off.</summary>
internal sealed record PartitionServices(int NodeId, PartitionTable Partitions, LogFlusher Flusher, LogCleaner? Cleaner, TimeProvider Clock)
{
    /// <summary>Null on a node that is alone.</summary>
    public ReplicationServices? Replication { get; init; }

    /// <summary>How leaders run when Cluster Sharding runs them; null when they are the replica host's children.</summary>
    public ILeaderRegion? Region { get; init; }

    /// <summary>The replica host, as soon as it runs: sharded leaders borrow their logs from it.</summary>
    public IActorRef Host { get; set; } = ActorRefs.Nobody;

    /// <summary>The monotonic clock in milliseconds; the wall clock is for records alone.</summary>
    public long MonotonicMs => Clock.GetTimestamp() / (Clock.TimestampFrequency / 1000);
}
