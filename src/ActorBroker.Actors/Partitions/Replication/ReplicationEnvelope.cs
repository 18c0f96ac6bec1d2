namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// What one node's replicas say to another's in one turn, encoded by <see cref="ReplicationCodec"/>. It holds plain bytes, so that a
/// message which is lost on its way holds no buffer of a pool.
/// </summary>
public sealed record ReplicationEnvelope(byte[] Bytes);
