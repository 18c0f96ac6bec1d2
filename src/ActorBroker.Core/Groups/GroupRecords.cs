using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// Whatever changes a group. A <see cref="GroupRecord"/> goes into the log first and makes the durable state on replay; a
/// <see cref="GroupEvent"/> that is no record is volatile: applied by the same machine in the same order, but never written.
/// </summary>
public abstract record GroupEvent;

/// <summary>A change that is written to <c>__consumer_offsets</c> before it counts.</summary>
public abstract record GroupRecord : GroupEvent
{
    public required string GroupId { get; init; }
}

/// <summary>A generation as a whole with its assignments, or (no members) the group as it became empty.</summary>
public sealed record GroupMetadataWritten : GroupRecord
{
    /// <summary>Empty for a group that never had members.</summary>
    public string ProtocolType { get; init; } = "";

    public int Generation { get; init; }
    public string? ProtocolName { get; init; }
    public string? LeaderId { get; init; }
    public long PhaseSinceMs { get; init; } = -1;
    public ImmutableArray<WrittenMember> Members { get; init; } = [];
}

/// <summary>A member as the log keeps it: only the metadata for the chosen protocol survives.</summary>
public sealed record WrittenMember
{
    public required string Id { get; init; }
    public string? InstanceId { get; init; }
    public string ClientId { get; init; } = "";
    public string ClientHost { get; init; } = "";
    public int RebalanceTimeoutMs { get; init; }
    public int SessionTimeoutMs { get; init; }
    public byte[] Subscription { get; init; } = [];
    public byte[] Assignment { get; init; } = [];
}

/// <summary>The group's tombstone.</summary>
public sealed record GroupRemoved : GroupRecord;

public sealed record OffsetCommitted : GroupRecord
{
    public required string Topic { get; init; }
    public required int Partition { get; init; }
    public required CommittedOffset Value { get; init; }
}

/// <summary>An offset's tombstone.</summary>
public sealed record OffsetRemoved : GroupRecord
{
    public required string Topic { get; init; }
    public required int Partition { get; init; }
}

/// <summary>
/// A stored position. Times are wall clock; <paramref name="ExpireTimestampMs"/> is -1 unless the commit asked for a life time of its own;
/// <paramref name="TopicId"/> is zero when the commit came without.
/// </summary>
public readonly record struct CommittedOffset(
    long Offset, int LeaderEpoch, string Metadata, long CommitTimestampMs, long ExpireTimestampMs, Uuid TopicId);
