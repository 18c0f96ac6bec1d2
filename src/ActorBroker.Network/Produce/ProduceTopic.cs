using ActorBroker.Protocol;

namespace ActorBroker.Network.Produce;

/// <summary>
/// A topic of a produce request: where its name stands in the buffer (or its id, from version 13 on) and which partitions are its.
/// </summary>
internal readonly record struct ProduceTopic(int NameStart, int NameLength, Uuid Id, int FirstPartition, int PartitionCount);
