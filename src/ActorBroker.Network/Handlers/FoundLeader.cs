using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>A partition led here, or null with the reason.</summary>
internal readonly record struct FoundLeader(IPartition? Partition, ErrorCode Error);
