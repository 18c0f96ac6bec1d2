namespace ActorBroker.Core.Partitions.Replication;

/// <summary>
/// Where a replica's log begins and ends, how much of it counts under the topic's flush rule, and the newest leader epoch that it knows;
/// -1 when it knows none.
/// </summary>
public readonly record struct ReplicaPosition(long LogStart, long LogEnd, long DurableEnd, int LastEpoch);
