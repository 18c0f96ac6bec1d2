using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>What may happen to a group. Byte arrays belong to the command: makers copy them out of the received frame.</summary>
public abstract record GroupCommand
{
    public required string GroupId { get; init; }
}

/// <summary>One protocol (assignment strategy) that a member offers, with metadata that the broker does not interpret (R55).</summary>
public sealed record GroupProtocol(string Name, byte[] Metadata);

/// <summary>First half of a rebalance. The command stays parked until the join phase ends.</summary>
public sealed record JoinGroup : GroupCommand
{
    /// <summary>Empty when the member has none yet.</summary>
    public required string MemberId { get; init; }

    /// <summary>KIP-345; null for dynamic members.</summary>
    public string? InstanceId { get; init; }

    public string ClientId { get; init; } = "";
    public string ClientHost { get; init; } = "";
    public required int SessionTimeoutMs { get; init; }
    public required int RebalanceTimeoutMs { get; init; }
    public required string ProtocolType { get; init; }

    /// <summary>In the order of the member's preference, names unique.</summary>
    public required ImmutableArray<GroupProtocol> Protocols { get; init; }

    /// <summary>KIP-394: a dynamic member without id gets one and has to come again (from version 4).</summary>
    public bool RequiresKnownMemberId { get; init; }

    /// <summary>KIP-814 (from version 9).</summary>
    public bool SupportsSkippingAssignment { get; init; }

    /// <summary>A fresh random id; becomes part of the member id if the group has to make one.</summary>
    public required string FreshId { get; init; }

    /// <summary>KIP-800: why the member joins, for the log.</summary>
    public string? Reason { get; init; }
}

/// <summary>Second half of a rebalance: the leader hands in the assignments, everyone waits for their own.</summary>
public sealed record SyncGroup : GroupCommand
{
    public required int GenerationId { get; init; }
    public required string MemberId { get; init; }
    public string? InstanceId { get; init; }

    /// <summary>From version 5, else null.</summary>
    public string? ProtocolType { get; init; }

    /// <summary>From version 5, else null.</summary>
    public string? ProtocolName { get; init; }

    public ImmutableArray<MemberAssignment> Assignments { get; init; } = [];
}

public sealed record MemberAssignment(string MemberId, byte[] Assignment);

public sealed record Heartbeat : GroupCommand
{
    public required int GenerationId { get; init; }
    public required string MemberId { get; init; }
    public string? InstanceId { get; init; }
}

public sealed record LeaveGroup : GroupCommand
{
    public required ImmutableArray<LeavingMember> Members { get; init; }
}

/// <summary>A member id, or (an operator's request) an empty one and the instance id.</summary>
public sealed record LeavingMember(string MemberId, string? InstanceId, string? Reason);

public sealed record CommitOffsets : GroupCommand
{
    /// <summary>-1 from consumers that use groups only to store offsets (R58).</summary>
    public int GenerationId { get; init; } = -1;

    public string MemberId { get; init; } = "";
    public string? InstanceId { get; init; }

    /// <summary>Versions 2–4 may ask for a life time of their own; -1 means the broker's.</summary>
    public long RetentionTimeMs { get; init; } = -1;

    /// <summary>From version 9 an unknown group is GROUP_ID_NOT_FOUND, before it ILLEGAL_GENERATION.</summary>
    public bool KnowsGroupIdNotFound { get; init; }

    public required ImmutableArray<OffsetToCommit> Offsets { get; init; }
}

/// <summary>An offset to store; <paramref name="LeaderEpoch"/> is -1 when the consumer does not know it.</summary>
public sealed record OffsetToCommit(string Topic, Uuid TopicId, int Partition, long Offset, int LeaderEpoch, string? Metadata);

public sealed record FetchOffsets : GroupCommand
{
    /// <summary>Null asks for every offset of the group.</summary>
    public ImmutableArray<OffsetQuery>? Topics { get; init; }

    /// <summary>KIP-447: do not answer with offsets that a pending transaction may replace.</summary>
    public bool RequireStable { get; init; }
}

public sealed record OffsetQuery(string Topic, ImmutableArray<int> Partitions);

/// <summary>KIP-496.</summary>
public sealed record DeleteOffsets : GroupCommand
{
    public required ImmutableArray<OffsetQuery> Topics { get; init; }
}

public sealed record DescribeGroup : GroupCommand;

public sealed record DeleteGroup : GroupCommand;

/// <summary>Filters of ListGroups as the client wrote them; empty means no filter (KIP-518, KIP-848).</summary>
public sealed record ListGroups(ImmutableArray<string> States, ImmutableArray<string> Types);
