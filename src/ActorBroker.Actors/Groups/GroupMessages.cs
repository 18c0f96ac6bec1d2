using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Groups;

// Everything here stays on the node: groups live where their partition's log is.

/// <summary>A client's command for a group, or the sweep's; through the partition to the group.</summary>
internal sealed record GroupRequest(GroupCommand Command, Ticket Ticket) : INoSerializationVerificationNeeded;

/// <summary>To a partition: a command of its own for every group it has, such as the sweep for expired offsets.</summary>
internal sealed record ForAllGroups(Func<string, GroupCommand> Command) : INoSerializationVerificationNeeded;

/// <summary>A timer of the group may be due.</summary>
internal sealed record GroupTick : INoSerializationVerificationNeeded
{
    public static readonly GroupTick Instance = new();
}

/// <summary>A record as it goes into the log; no value is a tombstone.</summary>
internal readonly record struct EncodedRecord(byte[] Key, byte[]? Value);

/// <summary>From a group to its partition: write this, all of it in one batch.</summary>
internal sealed record WriteRecords(IActorRef Group, long Sequence, List<EncodedRecord> Records, int SizeInBytes)
    : INoSerializationVerificationNeeded;

/// <summary>To a group: the log has taken the decision.</summary>
internal sealed record WriteAppended(long Sequence) : INoSerializationVerificationNeeded;

/// <summary>To a group: the decision is committed, and so is everything before it.</summary>
internal sealed record WriteCommitted(long Sequence) : INoSerializationVerificationNeeded;

/// <summary>To a group: the log has the decision, but it was not committed in time.</summary>
internal sealed record WriteOverdue(long Sequence, ErrorCode Error) : INoSerializationVerificationNeeded;

/// <summary>To a group: the log has not taken the decision and will not.</summary>
internal sealed record WriteRefused(long Sequence, ErrorCode Error) : INoSerializationVerificationNeeded;

/// <summary>From a batch: it is in the log.</summary>
internal sealed record BatchAppended(GroupBatch Batch, long BaseOffset) : INoSerializationVerificationNeeded;

/// <summary>From a batch, its last word.</summary>
internal sealed record BatchEnded(GroupBatch Batch, AppendResult Result) : INoSerializationVerificationNeeded;

/// <summary>From a group: nothing is left of it, after this many requests of its partition.</summary>
internal sealed record GroupIsGone(string GroupId, long Handled) : INoSerializationVerificationNeeded;

/// <summary>The log was read; <paramref name="Failure"/> when it could not be.</summary>
internal sealed record PartitionLoaded(GroupReplay? Replay, Exception? Failure, TimeSpan Elapsed) : INoSerializationVerificationNeeded;

/// <summary>This node leads the partition no more.</summary>
internal sealed record PartitionLost : INoSerializationVerificationNeeded
{
    public static readonly PartitionLost Instance = new();
}

/// <summary>The high watermark moved while a batch was overdue.</summary>
internal sealed record WatermarkMoved : INoSerializationVerificationNeeded
{
    public static readonly WatermarkMoved Instance = new();
}

/// <summary>Time for the sweep for expired offsets.</summary>
internal sealed record ExpiryDue : INoSerializationVerificationNeeded
{
    public static readonly ExpiryDue Instance = new();
}

/// <summary>To the coordinator: look which partitions this node leads.</summary>
internal sealed record Reconcile : INoSerializationVerificationNeeded
{
    public static readonly Reconcile Instance = new();
}
