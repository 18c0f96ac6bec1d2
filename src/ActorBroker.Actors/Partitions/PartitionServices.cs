using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Flushing;

namespace ActorBroker.Actors.Partitions;

/// <summary>What every partition actor of a node shares; no cleaner when <c>log.cleaner.enable</c> is off.</summary>
internal sealed record PartitionServices(int NodeId, PartitionTable Partitions, LogFlusher Flusher, LogCleaner? Cleaner, TimeProvider Clock);
