using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;
using ActorBroker.Storage;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>The doorbell of a link: its queue was empty and is not any more.</summary>
internal sealed record LinkHasWork : INoSerializationVerificationNeeded
{
    public static readonly LinkHasWork Instance = new();
}

/// <summary>The doorbell of a replica's port.</summary>
internal sealed record PartsWaiting : INoSerializationVerificationNeeded
{
    public static readonly PartsWaiting Instance = new();
}

/// <summary>To a leader that found a link full: try again.</summary>
internal sealed record RoomOnLink(int Node) : INoSerializationVerificationNeeded;

/// <summary>To a leader: measure lag, look for silence.</summary>
internal sealed record ReplicationTick : INoSerializationVerificationNeeded
{
    public static readonly ReplicationTick Instance = new();
}

/// <summary>To a leader: a high watermark that moved has waited long enough for records to travel with.</summary>
internal sealed record SendWatermark : INoSerializationVerificationNeeded
{
    public static readonly SendWatermark Instance = new();
}

/// <summary>To a leader: what the controller said to its change of the in-sync replicas.</summary>
internal sealed record IsrAnswered(int LeaderEpoch, ErrorCode Error, PartitionImage? Partition) : INoSerializationVerificationNeeded;

/// <summary>To a follower: here is the log, lent to you alone, if you have none yet; follow this node (-1: nobody) under this epoch.</summary>
internal sealed record Follow(PartitionLog? Log, int Leader, int LeaderEpoch, PartitionSettings Settings) : INoSerializationVerificationNeeded;

/// <summary>To a follower: end your writes and give the log back.</summary>
internal sealed record StopFollowing : INoSerializationVerificationNeeded
{
    public static readonly StopFollowing Instance = new();
}

/// <summary>To a follower: no answer came.</summary>
internal sealed record OpenAgain : INoSerializationVerificationNeeded
{
    public static readonly OpenAgain Instance = new();
}

/// <summary>To a follower: a throttled acknowledgement may be due.</summary>
internal sealed record DelayedAcknowledgement : INoSerializationVerificationNeeded
{
    public static readonly DelayedAcknowledgement Instance = new();
}

/// <summary>From a follower to its host: the log contradicts itself and is to be fetched anew.</summary>
internal sealed record LogDamaged(PartitionLog Log, string Reason) : INoSerializationVerificationNeeded;
