namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>Who this node's replicas are to others, and how large a message may be.</summary>
internal sealed record ReplicationIdentity(int Node, long Incarnation, int EnvelopeBytes);
