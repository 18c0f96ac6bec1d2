using ActorBroker.Storage.Flushing;

namespace ActorBroker.Actors.Partitions;

/// <summary>What every partition actor of a node shares.</summary>
internal sealed record PartitionServices(int NodeId, PartitionTable Partitions, LogFlusher Flusher, TimeProvider Clock);
